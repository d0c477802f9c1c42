import type { CommitResult, PlanCommit, PlanStore } from '../../src/application/ports/plans.ts';
import { append } from '../../src/domain/ledger/plan-ledger.ts';
import { decide } from '../../src/domain/plan/decide.ts';
import { effectsOf } from '../../src/domain/plan/effects.ts';
import { dueAt } from '../../src/domain/plan/next-move.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { Told } from './plan-fixtures.ts';

/** What a store is given when a command is carried out. */
export const commitOf = (before: Plan | undefined, [command, context]: Told): PlanCommit => {
  const decision = decide(before, command, context);
  if (!decision.ok) throw new Error(`refused: ${decision.message}`);
  const { plan, entries } = append(before, decision.events);
  const effects = effectsOf(before, plan, decision.events);
  return { before, plan, entries, effects, due_at: dueAt(plan, context.now) };
};

const mustCommit = (result: CommitResult): void => {
  if (!result.committed) throw new Error(`lost to ${result.lost_to}`);
};

/** Two changes of a plan as one, as long as only one of them writes anything beside the plan and its ledger. */
const together = (first: PlanCommit, second: PlanCommit): PlanCommit | undefined =>
  first.effects.length === 0 || second.effects.length === 0
    ? {
        ...second,
        before: first.before,
        entries: [...first.entries, ...second.entries],
        effects: [...first.effects, ...second.effects],
      }
    : undefined;

/** Carries out commands and stores what comes of them, in few commits; gives back the plan after the last. */
export const tell = async (plans: PlanStore, told: readonly Told[], from?: Plan): Promise<Plan> => {
  const commits: PlanCommit[] = [];
  let plan = from;
  for (const command of told) {
    const commit = commitOf(plan, command);
    const last = commits.at(-1);
    const both = last && together(last, commit);
    if (both) commits.splice(-1, 1, both);
    else commits.push(commit);
    plan = commit.plan;
  }
  if (!plan) throw new Error('a story needs a command');
  for (const commit of commits) mustCommit(await plans.commitIfUnchanged(commit));
  return plan;
};
