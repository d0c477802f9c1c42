import type { Cycle, EvaluatePlanOutput, PlanItem } from '../contracts/plan-cycle.ts';
import { dueAt, type NextMove, nextMove } from '../domain/plan/next-move.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { changePlan } from './change-plan.ts';
import type { Clock } from './clock.ts';
import { cycleChange } from './cycle-time.ts';
import type { PlanStore } from './ports/plans.ts';

export interface EvaluatePlanDeps {
  readonly clock: Clock;
  readonly plans: PlanStore;
}

interface Look {
  readonly cycle: Cycle;
  readonly plan: Plan;
  readonly now: string;
}

const NOTHING: EvaluatePlanOutput = {
  move: 'NONE',
  step_id: null,
  action_intent_id: null,
  completed: false,
  expired: false,
  effect: 'nothing to do',
};

const WORDS = {
  DISPATCH: 'would start step',
  DECIDE: 'would ask the autonomy gate again about step',
  REPAIR: 'would look after overdue step',
  COMPENSATE: 'would undo step',
} as const;

const end = async (deps: EvaluatePlanDeps, { cycle, plan, now }: Look): Promise<EvaluatePlanOutput> => {
  const change = { ...cycleChange(cycle, deps.clock), key: plan, now, dryRun: cycle.dry_run };
  const result = await changePlan(deps.plans, { ...change, command: () => ({ type: 'EVALUATE_PLAN' }) });
  const types = result.ok ? result.events.map(({ event_type }) => event_type) : [];
  const completed = types.includes('PLAN_COMPLETED');
  const expired = types.includes('PLAN_EXPIRED');
  if (!completed && !expired) return NOTHING;
  const done = completed ? 'complete' : 'expire';
  return { ...NOTHING, completed, expired, effect: cycle.dry_run ? `would ${done}` : `${done}d` };
};

const wait = async ({ plans, clock }: EvaluatePlanDeps, { cycle, plan }: Look, until: string | undefined) => {
  const { dueFrom } = cycleChange(cycle, clock);
  if (!cycle.dry_run) await plans.postponeIfUnchanged(plan, dueAt(plan, dueFrom));
  return { ...NOTHING, effect: until === undefined ? 'nothing to do' : `waits until ${until}` };
};

const stepMove = ({ cycle }: Look, move: Extract<NextMove, { step: unknown }>): EvaluatePlanOutput => {
  const { step_id, in_flight } = move.step;
  const action_intent_id = in_flight?.action_intent_id ?? null;
  if (cycle.dry_run) return { ...NOTHING, effect: `${WORDS[move.kind]} ${step_id}` };
  return { ...NOTHING, move: move.kind, step_id, action_intent_id, effect: `due: ${move.kind} ${step_id}` };
};

/**
 * The look at one live plan: ends it if it has come to its end; otherwise says what is to be done next, or postpones it to the
 * instant at which something will be.
 */
export const evaluatePlan = async (
  deps: EvaluatePlanDeps,
  { cycle, plan: item }: { cycle: Cycle; plan: PlanItem },
): Promise<EvaluatePlanOutput> => {
  const plan = await deps.plans.get(item);
  if (!plan) return NOTHING;
  const look = { cycle, plan, now: cycleChange(cycle, deps.clock).now };
  const move = nextMove(plan, look.now);
  switch (move.kind) {
    case 'EXPIRE':
    case 'COMPLETE':
      return end(deps, look);
    case 'DISPATCH':
    case 'DECIDE':
    case 'REPAIR':
    case 'COMPENSATE':
      return stepMove(look, move);
    case 'ACTIVATE':
      return NOTHING;
    case 'WAIT':
      return wait(deps, look, move.until);
  }
};
