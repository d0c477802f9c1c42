import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ChangeResult } from '../../src/application/change-plan.ts';
import { commandPlan, type PersonCommand } from '../../src/application/command-plan.ts';
import { createPlan } from '../../src/application/create-plan.ts';
import type { EventPublisher } from '../../src/application/ports/events.ts';
import type { PlanKey } from '../../src/application/ports/plans.ts';
import { secondsAfter } from '../../src/domain/identifiers.ts';
import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import type { NewStep } from '../../src/domain/plan/plan-event.ts';
import { executionEnd, startPlanCycle } from '../cli/plan-cycle-execution.ts';
import type { CheckedStage } from './open-stage.ts';
import { CheckFailedError, PATIENCE_MS, until, type Watch } from './watch.ts';

const AUTHOR = 'e2e-author';
const APPROVER = 'e2e-approver';
const LIFETIME_SECONDS = 30 * 86_400;

/** The action type of every step: its tool writes a note, which can be undone. */
export const ACTION_TYPE = 'PREP_RENEWAL_BRIEF';

/** A tenant, an account and a plan that nobody else has. */
export const newSubject = (): PlanKey => {
  const id = `e2e-${randomUUID().slice(0, 13)}`;
  return { tenant_id: id, account_id: id, plan_id: id };
};

export const step = (step_id: string, more: Partial<NewStep> = {}): NewStep => ({
  ...{ step_id, action_type: ACTION_TYPE, dependencies: [] },
  constraints: { content: `Written by the end-to-end check of step ${step_id}` },
  ...more,
});

const accepted = (what: string, result: ChangeResult): void => {
  if (!result.ok) throw new CheckFailedError(`${what} was refused: ${result.code}: ${result.message}`);
};

/** Has a person do something to the plan; `events` stands for the stage's bus. */
export const command = async (
  stage: CheckedStage,
  key: PlanKey,
  asked: PersonCommand,
  events: EventPublisher = stage.stores.events,
): Promise<void> => {
  const { plans, intents, tenants, registry } = stage.stores;
  const deps = { clock: await stage.time(), plans, intents, tenants, registry, events };
  accepted(asked.do, await commandPlan(deps, { key, by: APPROVER, command: asked }));
};

/** Makes the tenant and its plan, which somebody else approves. Nothing of it may run without a person. */
export const seedPlan = async (
  stage: CheckedStage,
  key: PlanKey,
  steps: readonly NewStep[],
): Promise<void> => {
  const clock = await stage.time();
  const now = clock.now().toISOString();
  const tenant = { tenantId: key.tenant_id, name: 'End-to-end check', status: 'active' };
  const Item = { ...tenant, createdAt: now, updatedAt: now };
  await stage.client.send(new PutCommand({ TableName: stage.tables.TENANTS_TABLE_NAME, Item }));
  const about = { plan_type: 'RENEWAL_DEFENSE', objective: 'Show that actions of plans are executed' };
  const plan = { ...key, ...about, steps, expires_at: secondsAfter(now, LIFETIME_SECONDS) };
  const created = await createPlan(
    { clock, plans: stage.stores.plans },
    { plan, by: AUTHOR, trigger: 'e2e' },
  );
  accepted('create_plan', created);
  await command(stage, key, { do: 'approve_plan' });
};

/** Runs the stage's plan cycle for this plan, to its end. */
export const runCycle = async (
  { machines, planCycleArn }: CheckedStage,
  { signal }: Watch,
  { tenant_id, plan_id }: PlanKey,
  { force }: { readonly force?: true } = {},
): Promise<void> => {
  const input = { tenant_ids: [tenant_id], plan_ids: [plan_id], ...(force && { force }) };
  const executionArn = await startPlanCycle(machines, planCycleArn, input);
  const waiting = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  const ended = await executionEnd(machines, executionArn, { signal: waiting, onRunning: () => {} });
  if (!ended || ended.status === 'SUCCEEDED') return;
  throw new CheckFailedError(
    `plan cycle ${executionArn} ended as ${ended.status}: ${ended.error}: ${ended.cause}`,
  );
};

/** Brings a step so far that it waits for a person; gives back its intent. */
export const awaitIntent = async (
  stage: CheckedStage,
  watch: Watch,
  key: PlanKey,
  step_id: string,
): Promise<string> => {
  const look = async () => {
    await runCycle(stage, watch, key, { force: true });
    const found = (await stage.stores.plans.get(key))?.steps.find((one) => one.step_id === step_id);
    const blockedBy = found?.in_flight?.blocked_by;
    if (blockedBy !== undefined) throw new CheckFailedError(`step ${step_id} is blocked by ${blockedBy}`);
    return found;
  };
  await until(watch, look, {
    [`step ${step_id} to wait for a person`]: (found) => found?.in_flight?.approval?.result === 'REQUIRED',
  });
  return actionIntentId(key.plan_id, step_id, 1);
};

/** A bus on which every approval is published so many times at once. */
export const repeating = (bus: EventPublisher, times: number): EventPublisher => ({
  ...bus,
  publishActionApproved: async (event) =>
    void (await Promise.all(Array.from({ length: times }, () => bus.publishActionApproved(event)))),
});
