import type { Cycle, PlanItem, RepairStepOutput } from '../contracts/plan-cycle.ts';
import type { ActionOutcome } from '../domain/execution/execution.ts';
import { type ActionIntent, actionIntentId } from '../domain/intent/action-intent.ts';
import { findStep, type StepCompensation } from '../domain/plan/plan.ts';
import { changePlan } from './change-plan.ts';
import type { Clock } from './clock.ts';
import { compensateAction } from './compensate-action.ts';
import { cycleChange } from './cycle-time.ts';
import { KillSwitchEnabledError } from './errors.ts';
import { requireIntent } from './intent-in-flight.ts';
import { callOf } from './map-action-to-tool.ts';
import type { ActionTypeRegistry, KillSwitchStore } from './ports/configuration.ts';
import type { ExecutionStore, IntentStore } from './ports/executions.ts';
import type { Metrics } from './ports/observability.ts';
import type { PlanStore } from './ports/plans.ts';
import type { ToolGateway } from './ports/tools.ts';

export interface CompensateStepDeps {
  readonly clock: Clock;
  readonly plans: PlanStore;
  readonly intents: IntentStore;
  readonly executions: ExecutionStore;
  readonly registry: ActionTypeRegistry;
  readonly killSwitches: KillSwitchStore;
  readonly tools: ToolGateway;
  readonly metrics: Metrics;
}

interface Undone {
  readonly result: Exclude<StepCompensation, 'PENDING'>;
  readonly error?: string | undefined;
}

const undo = async (
  deps: CompensateStepDeps,
  intent: ActionIntent,
  outcome: ActionOutcome,
): Promise<Undone> => {
  const { tenant_id, action_type, registry_version } = intent;
  const entry = await deps.registry.get(tenant_id, action_type, registry_version);
  const strategy = entry?.compensation_strategy ?? 'MANUAL';
  if (!entry || strategy !== 'AUTOMATIC') return { result: strategy === 'NONE' ? 'NONE' : 'MANUAL' };
  const { stopped_by } = await deps.killSwitches.check(tenant_id, action_type);
  if (stopped_by !== undefined)
    throw new KillSwitchEnabledError(`${stopped_by} stops undoing ${action_type}, too`);
  const { external_object_refs } = outcome;
  const { status, error } = await compensateAction(deps, {
    execution: intent,
    call: callOf(entry, intent),
    external_object_refs,
  });
  deps.metrics.compensation({ tool_name: entry.tool_name, status });
  await deps.executions.recordCompensation(outcome, { status, error }, deps.clock.now().toISOString());
  return { result: status, error };
};

const lastSuccess = async (
  { executions }: CompensateStepDeps,
  item: PlanItem,
  id: string,
): Promise<ActionOutcome | undefined> =>
  (await executions.outcomes(item, id)).findLast(({ status }) => status === 'SUCCEEDED');

const undoStep = async (deps: CompensateStepDeps, item: PlanItem, id: string): Promise<Undone> => {
  const [intent, outcome] = await Promise.all([
    requireIntent(deps.intents, item, id),
    lastSuccess(deps, item, id),
  ]);
  return outcome ? undo(deps, intent, outcome) : { result: 'NONE' };
};

/**
 * Undoes what a step of an aborted plan did, as its action type allows, and tells outcome, ledger and plan. Undoing what is undone already
 * changes nothing, so that this can run twice.
 *
 * @throws KillSwitchEnabledError when a switch stops the action type; the plan is looked at again later.
 */
export const compensateStep = async (
  deps: CompensateStepDeps,
  { cycle, plan: item, step_id }: { cycle: Cycle; plan: PlanItem; step_id: string },
): Promise<RepairStepOutput> => {
  const plan = await deps.plans.get(item);
  const step = plan && findStep(plan, step_id);
  const attempt = step?.last_attempt;
  if (step?.compensation !== 'PENDING' || attempt === undefined)
    return { completed: false, effect: `step ${step_id} has nothing to undo` };
  const { result, error } = await undoStep(
    deps,
    item,
    actionIntentId(item.plan_id, step_id, attempt, step.last_revision),
  );
  await changePlan(deps.plans, {
    ...cycleChange(cycle, deps.clock),
    key: item,
    command: () => ({ type: 'RECORD_COMPENSATION', step_id, attempt, result, error }),
  });
  return { completed: false, effect: `undoing step ${step_id}: ${result}` };
};
