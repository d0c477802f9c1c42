import { expect } from '@jest/globals';
import { commandPlan, type PersonCommand } from '../../src/application/command-plan.ts';
import { createPlan } from '../../src/application/create-plan.ts';
import type { ExecutionState, InvokedTool, MappedCall } from '../../src/contracts/execute-action.ts';
import type { ReplayOf } from '../../src/domain/execution/execution.ts';
import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import type { NewStep } from '../../src/domain/plan/plan-event.ts';
import { newCycle, newItem } from '../support/cycles.ts';
import { SCOPE } from '../support/intents.ts';
import { newPlan, newStep } from '../support/plan-fixtures.ts';
import type { AccessWorld } from './access-world.ts';

/** What functions and people do with one or more plans, by the plans' ids. */
export type Story = (world: AccessWorld) => Promise<void>;

/** Two steps of which neither waits for the other: the policy approves the first, a person the second. */
export const SIDE_BY_SIDE = [newStep('s1'), newStep('s2', { action_type: 'ESCALATE_SUPPORT_RISK' })];

export const cycle = newCycle();

export const item = (plan_id: string, more = {}) => ({ cycle, plan: newItem({ plan_id, ...more }) });

export const command = async ({ people }: AccessWorld, plan_id: string, of: PersonCommand): Promise<void> => {
  const result = await commandPlan(people, { key: { ...SCOPE, plan_id }, by: 'ben', command: of });
  expect(result).toMatchObject({ ok: true });
};

export const approvedPlan = async (world: AccessWorld, plan_id: string, steps: NewStep[]): Promise<void> => {
  await createPlan(world.people, { plan: newPlan({ plan_id, steps }), by: 'ana', trigger: 'test' });
  await command(world, plan_id, { do: 'approve_plan' });
};

export const activePlan = async (world: AccessWorld, plan_id: string, steps: NewStep[]): Promise<void> => {
  await approvedPlan(world, plan_id, steps);
  const activated = await world.call('activatePlan', item(plan_id, { list: 'APPROVED' }));
  expect(activated).toMatchObject({ activated: true });
};

export const dispatch = async ({ call }: AccessWorld, plan_id: string, step_id: string): Promise<void> => {
  expect(await call('dispatchStep', { ...item(plan_id), step_id })).toMatchObject({ claimed: true });
};

export const decide = ({ call }: AccessWorld, plan_id: string, step_id: string) =>
  call('decideApproval', { ...SCOPE, action_intent_id: actionIntentId(plan_id, step_id, 1) });

/** An active plan whose first step is approved by the policy and published. */
export const approvedAttempt = async (
  world: AccessWorld,
  plan_id: string,
  steps: NewStep[],
): Promise<void> => {
  await activePlan(world, plan_id, steps);
  await dispatch(world, plan_id, 's1');
  expect(await decide(world, plan_id, 's1')).toMatchObject({ result: 'AUTO_EXECUTED' });
};

/** State StartExecution of an execution. */
export const start = (
  { call }: AccessWorld,
  plan_id: string,
  step_id: string,
  { execution_id = 'arn:one', replay }: { execution_id?: string; replay?: ReplayOf } = {},
): Promise<ExecutionState> => {
  const data = { ...SCOPE, action_intent_id: actionIntentId(plan_id, step_id, 1) };
  const detail = { data: { ...data, approval_source: 'HUMAN', auto_executed: false } };
  return call('startExecution', { execution_id, input: { detail, ...(replay && { replay }) } });
};

/** States ValidatePreflight and MapActionToTool. */
export const prepare = async ({ call }: AccessWorld, execution: ExecutionState): Promise<MappedCall> => {
  await call('validatePreflight', { execution });
  return call('mapActionToTool', { execution });
};

/** What the states behind the call of a tool are told of it. */
export const calledTool = ({ arguments: _, ...called }: MappedCall) => called;

/** States InvokeTool and, where something is to be undone, CompensateAction. */
export const act = async (
  { call }: AccessWorld,
  execution: ExecutionState,
  mapped: MappedCall,
): Promise<InvokedTool> => {
  const answer: InvokedTool = await call('invokeTool', { execution, call: mapped });
  const { success, external_object_refs } = answer;
  if (success || external_object_refs.length === 0) return answer;
  const undoing = { execution, call: calledTool(mapped), external_object_refs };
  return { ...answer, compensation: { result: await call('compensateAction', undoing) } };
};

/** States RecordOutcome, EmitSignal and ApplyStepOutcome, of which the first is delivered twice. */
export const conclude = async (
  { call }: AccessWorld,
  execution: ExecutionState,
  mapped: MappedCall,
  result: InvokedTool,
) => {
  const recording = { execution, call: calledTool(mapped), result };
  const outcome = await call('recordOutcome', recording);
  expect(await call('recordOutcome', recording)).toEqual(outcome);
  await call('emitSignal', { outcome });
  return { outcome, applied: await call('applyStepOutcome', { outcome }) };
};

/** All states of execute-action. */
export const execute = async (
  world: AccessWorld,
  plan_id: string,
  step_id: string,
  more: Parameters<typeof start>[3] = {},
) => {
  const execution = await start(world, plan_id, step_id, more);
  const mapped = await prepare(world, execution);
  return conclude(world, execution, mapped, await act(world, execution, mapped));
};
