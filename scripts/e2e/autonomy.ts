import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ALLOWLIST_SK, autonomySk, BUDGET_CONFIG_SK, scopePk } from '../../src/adapters/dynamodb/keys.ts';
import { activationFacts } from '../../src/application/activation-facts.ts';
import { changePlan } from '../../src/application/change-plan.ts';
import type { PlanKey } from '../../src/application/ports/plans.ts';
import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import { found } from '../cli/waiting.ts';
import { type Facts, readFacts } from './facts.ts';
import type { CheckedStage } from './open-stage.ts';
import { ACTION_TYPE, seedPlan, step } from './subject.ts';
import { CheckFailedError, type Expectations, missing, until, type Watch } from './watch.ts';

const STEP = 's1';

const answer = z.object({ result: z.string(), reason: z.string().nullable(), explanation: z.string() });
type Answer = z.infer<typeof answer>;

/** Lets actions of the type run by themselves for the account, so many a day. */
const allow = async (stage: CheckedStage, key: PlanKey, max_autonomous_per_day: number): Promise<void> => {
  const { AUTONOMY_CONFIG_TABLE_NAME: config, AUTONOMY_BUDGET_STATE_TABLE_NAME: budget } = stage.tables;
  const pk = scopePk(key);
  const rows = [
    [config, { sk: ALLOWLIST_SK, action_types: [ACTION_TYPE] }],
    [config, { sk: autonomySk(ACTION_TYPE), mode: 'AUTO_EXECUTE' }],
    [budget, { sk: BUDGET_CONFIG_SK, max_autonomous_per_day }],
  ] as const;
  for (const [TableName, row] of rows)
    await stage.client.send(new PutCommand({ TableName, Item: { pk, ...row } }));
};

/** Dispatches the plan's step, so that its intent waits for the gate; a cycle of the stage may have been first. Gives back the intent's id. */
const dispatch = async (stage: CheckedStage, key: PlanKey): Promise<string> => {
  const { plans, tenants } = stage.stores;
  const now = (await stage.time()).now().toISOString();
  const of = { key, now, actor: { kind: 'system', id: 'e2e' } as const };
  await changePlan(plans, {
    ...of,
    command: async (plan) => ({
      type: 'ACTIVATE_PLAN',
      facts: await activationFacts({ plans, tenants }, plan),
    }),
  });
  await changePlan(plans, {
    ...of,
    command: () => ({ type: 'START_STEP', step_id: STEP, attempts_made: 0 }),
  });
  return actionIntentId(key.plan_id, STEP, 1);
};

const askGate = async (stage: CheckedStage, key: PlanKey, action_intent_id: string): Promise<Answer> => {
  const { tenant_id, account_id } = key;
  const payload = { action_intent_id, tenant_id, account_id };
  return answer.parse(await stage.invoke('decideApproval', payload));
};

const prepared = async (stage: CheckedStage, key: PlanKey, budget: number): Promise<string> => {
  await allow(stage, key, budget);
  await seedPlan(stage, key, [step(STEP)]);
  return dispatch(stage, key);
};

const expectAnswer = (said: Answer, result: string, reason: string | null): void => {
  if (said.result === result && said.reason === reason) return;
  throw new CheckFailedError(
    `the gate says ${said.result} ${said.reason ?? ''} (${said.explanation}), not ${result} ${reason ?? ''}`,
  );
};

const BY_POLICY: Expectations<Facts> = {
  'attempt SUCCEEDED': ({ attempt }) => attempt?.status === 'SUCCEEDED',
  'the outcome SUCCEEDED': ({ outcomes }) => outcomes[0]?.status === 'SUCCEEDED',
  'approval_source POLICY': ({ outcomes }) => outcomes[0]?.approval_source === 'POLICY',
  'auto_executed true': ({ outcomes }) => outcomes[0]?.auto_executed === true,
  'step DONE': ({ step: of }) => of?.status === 'DONE',
};

/** Within its budget an action is approved by policy and carried out. */
export const autoExec = async (stage: CheckedStage, watch: Watch, key: PlanKey): Promise<void> => {
  const intentId = await prepared(stage, key, 1);
  expectAnswer(await askGate(stage, key, intentId), 'AUTO_EXECUTED', null);
  await until(watch, () => readFacts(stage, key, { step_id: STEP, intentId }), BY_POLICY);
};

/** Without a budget a person is asked, and nothing starts. */
export const fallback = async (stage: CheckedStage, watch: Watch, key: PlanKey): Promise<void> => {
  const intentId = await prepared(stage, key, 0);
  expectAnswer(await askGate(stage, key, intentId), 'REQUIRE_APPROVAL', 'BUDGET_EXCEEDED');
  watch.say(`${watch.name}: waiting whether anything starts nevertheless`);
  const { signal, everyMs } = watch;
  const patienceMs = stage.quietMs;
  const look = async () => stage.stores.executions.get(key, intentId);
  const started = await found({ signal, everyMs, patienceMs, look, onRunning: () => {} });
  if (started) throw new CheckFailedError(`an execution has started: ${started.owner}`);
  const wrong = missing(await readFacts(stage, key, { step_id: STEP, intentId }), {
    'the step to wait for a person': ({ step: of }) => of?.in_flight?.approval?.result === 'REQUIRED',
    'no outcome': ({ outcomes }) => outcomes.length === 0,
  });
  if (wrong.length > 0) throw new CheckFailedError(`not ${wrong.join(', ')}`);
};
