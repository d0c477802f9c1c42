import type { Cycle, PlanItem, RepairStepOutput } from '../contracts/plan-cycle.ts';
import { type ActionOutcome, OUTCOME_UNKNOWN } from '../domain/execution/execution.ts';
import { type Repair, repairOf } from '../domain/execution/repair.ts';
import type { ActionIntent } from '../domain/intent/action-intent.ts';
import type { PlanCommand } from '../domain/plan/command.ts';
import { escalationOf } from '../domain/plan/escalation.ts';
import { findStep, type InFlight, isTerminal, type Plan } from '../domain/plan/plan.ts';
import { type ChangeResult, changePlan } from './change-plan.ts';
import type { Clock } from './clock.ts';
import { cycleChange } from './cycle-time.ts';
import { emitSignal } from './emit-signal.ts';
import { requireIntent } from './intent-in-flight.ts';
import type { EventPublisher } from './ports/events.ts';
import type { ExecutionStore, IntentStore } from './ports/executions.ts';
import type { PlanStore } from './ports/plans.ts';
import { stepOutcome } from './step-outcome.ts';

export interface RepairStepDeps {
  readonly clock: Clock;
  readonly plans: PlanStore;
  readonly intents: IntentStore;
  readonly executions: ExecutionStore;
  readonly events: EventPublisher;
}

interface Overdue {
  readonly cycle: Cycle;
  readonly plan: Plan;
  readonly intent: ActionIntent;
  readonly inFlight: InFlight;
  readonly now: string;
}

const change = (deps: RepairStepDeps, overdue: Overdue, command: PlanCommand) =>
  changePlan(deps.plans, {
    ...cycleChange(overdue.cycle, deps.clock),
    now: overdue.now,
    key: overdue.intent,
    command: () => command,
    stopWhenLostTo: ['EXECUTION'],
  });

type GivenApproval = Extract<InFlight['approval'], { result: 'GIVEN' }>;

const unknownOutcome = (
  { intent, inFlight, now }: Overdue,
  repair: Extract<Repair, { kind: 'RECORD_UNKNOWN' }>,
) => {
  const { action_intent_id, tenant_id, account_id, plan_id, step_id, attempt, registry_version, trace_id } =
    intent;
  const { source } = inFlight.approval as GivenApproval;
  const outcome: ActionOutcome = {
    ...{ action_intent_id, tenant_id, account_id, plan_id, step_id, attempt, registry_version, trace_id },
    status: 'FAILED',
    external_object_refs: [],
    error_code: OUTCOME_UNKNOWN,
    error_class: 'UNKNOWN',
    error_message: 'The execution ended without an outcome; whether the action took effect is not known',
    attempt_count: repair.execution.attempt_count,
    tool_name: 'unknown',
    tool_run_ref: `unknown/${action_intent_id}`,
    compensation_status: 'NONE',
    approval_source: source,
    auto_executed: source === 'POLICY',
    started_at: repair.execution.started_at,
    completed_at: now,
  };
  return outcome;
};

const publishAgain = async (deps: RepairStepDeps, overdue: Overdue): Promise<ChangeResult> => {
  const { step_id, attempt } = overdue.intent;
  const result = await change(deps, overdue, { type: 'PUBLISH_AGAIN', step_id, attempt });
  const { approval } = overdue.inFlight;
  if (result.ok && approval?.result === 'GIVEN') {
    const { tenant_id, account_id, action_intent_id } = overdue.intent;
    const auto_executed = approval.source === 'POLICY';
    await deps.events.publishActionApproved({
      ...{ tenant_id, account_id, action_intent_id, auto_executed },
      approval_source: approval.source,
    });
  }
  return result;
};

/** Told before it is written, so that it is not lost: whoever hears of it twice knows it by its id. */
const escalate = async (deps: RepairStepDeps, overdue: Overdue): Promise<ChangeResult> => {
  await deps.events.publishApprovalEscalated(escalationOf(overdue.plan, overdue.intent));
  const { step_id, attempt } = overdue.intent;
  return change(deps, overdue, { type: 'ESCALATE_APPROVAL', step_id, attempt });
};

const carryOut = async (deps: RepairStepDeps, overdue: Overdue, repair: Repair) => {
  const { step_id, attempt } = overdue.intent;
  const tellAndApply = async (outcome: ActionOutcome) => {
    await emitSignal(deps, { outcome });
    return change(deps, overdue, { type: 'APPLY_OUTCOME', step_id, attempt, outcome: stepOutcome(outcome) });
  };
  switch (repair.kind) {
    case 'APPLY_OUTCOME':
      return tellAndApply(repair.outcome);
    case 'ESCALATE_APPROVAL':
      return escalate(deps, overdue);
    case 'EXPIRE_APPROVAL':
    case 'CANCEL_UNSTARTED':
      return change(deps, overdue, { type: repair.kind, step_id, attempt });
    case 'POSTPONE_CHECK':
      return change(deps, overdue, { type: 'POSTPONE_CHECK', step_id, attempt, until: repair.until });
    case 'PUBLISH_AGAIN':
      return publishAgain(deps, overdue);
    case 'RECORD_UNKNOWN':
      return tellAndApply(await deps.executions.finishOnce(unknownOutcome(overdue, repair)));
  }
};

const DONE = {
  APPLY_OUTCOME: 'applied the outcome of',
  ESCALATE_APPROVAL: 'escalated: nobody has approved',
  EXPIRE_APPROVAL: 'nobody approved in time:',
  CANCEL_UNSTARTED: 'no execution ever started:',
  PUBLISH_AGAIN: 'published the approval again of',
  RECORD_UNKNOWN: 'recorded an unknown outcome of',
} as const;

const describe = (repair: Repair, stepId: string, result: ChangeResult): RepairStepOutput => {
  if (!result.ok) return { completed: false, effect: `not repaired: ${result.message}` };
  const completed = result.events.some(({ event_type }) => event_type === 'PLAN_COMPLETED');
  if (repair.kind === 'POSTPONE_CHECK')
    return { completed, effect: `step ${stepId} is being executed; waits until ${repair.until}` };
  return { completed, effect: `${DONE[repair.kind]} step ${stepId}` };
};

/**
 * Looks after an attempt in flight of which nothing was heard in time: applies an outcome that never arrived, publishes an approval
 * again, escalates an approval that nobody gives, lets it lapse, or records that the outcome is unknown.
 */
export const repairStep = async (
  deps: RepairStepDeps,
  { cycle, plan: item, step_id }: { cycle: Cycle; plan: PlanItem; step_id: string },
): Promise<RepairStepOutput> => {
  const plan = await deps.plans.get(item);
  const inFlight = plan && findStep(plan, step_id)?.in_flight;
  if (!plan || !inFlight) return { completed: false, effect: `step ${step_id} is not in flight any more` };
  const { now } = cycleChange(cycle, deps.clock);
  const { action_intent_id, approval, check_at } = inFlight;
  // Another attempt than the one that was found overdue, dispatched meanwhile.
  if (!approval) return { completed: false, effect: `step ${step_id} waits for the autonomy gate` };
  if (now < check_at)
    return { completed: false, effect: `step ${step_id} is not overdue before ${check_at}` };
  const [intent, execution, outcome] = await Promise.all([
    requireIntent(deps.intents, item, action_intent_id),
    deps.executions.get(item, action_intent_id),
    deps.executions.outcome(item, action_intent_id),
  ]);
  const planEnded = isTerminal(plan.plan_status);
  const repair = repairOf({ planEnded, inFlight, intent, execution, outcome }, now);
  return describe(repair, step_id, await carryOut(deps, { cycle, plan, intent, inFlight, now }, repair));
};
