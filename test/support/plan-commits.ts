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

/** Carries out commands and stores what comes of each; gives back the plan after the last. */
export const tell = async (plans: PlanStore, told: readonly Told[], from?: Plan): Promise<Plan> => {
  let plan = from;
  for (const command of told) {
    const commit = commitOf(plan, command);
    mustCommit(await plans.commitIfUnchanged(commit));
    plan = commit.plan;
  }
  if (!plan) throw new Error('a story needs a command');
  return plan;
};
