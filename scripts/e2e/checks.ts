import { setTimeout as sleep } from 'node:timers/promises';
import { createActionTypeRegistry } from '../../src/adapters/dynamodb/action-type-registry-store.ts';
import type { EventPublisher } from '../../src/application/ports/events.ts';
import type { PlanKey } from '../../src/application/ports/plans.ts';
import { DEFAULT_ACTION_TYPES } from '../../src/domain/intent/default-action-types.ts';
import type { CheckName } from './arguments.ts';
import { autoExec, fallback } from './autonomy.ts';
import { decisionScheduler } from './decision-scheduler.ts';
import { type Facts, readFacts } from './facts.ts';
import type { CheckedStage } from './open-stage.ts';
import { ACTION_TYPE, awaitIntent, command, repeating, runCycle, seedPlan, step } from './subject.ts';
import { CheckFailedError, type Expectations, missing, until, type Watch } from './watch.ts';

/** A check of a stage on a subject of its own; throws when something is not as it should be. */
export type Check = (stage: CheckedStage, watch: Watch, key: PlanKey) => Promise<void>;

const DUPLICATES = 20;
const MISSING = 'MISSING_REQUIRED_PARAMETER';
const S1 = 's1';

const says =
  (expected: string) =>
  ({ status }: Facts): boolean =>
    status === undefined || status === expected;

const EXECUTED: Expectations<Facts> = {
  'the API to say SUCCEEDED': says('SUCCEEDED'),
  'attempt SUCCEEDED': ({ attempt }) => attempt?.status === 'SUCCEEDED',
  'the outcome': ({ outcomes }) => outcomes.some(({ status }) => status === 'SUCCEEDED'),
  'the ledger entry': ({ entries }) => entries.some(({ eventType }) => eventType === 'ACTION_EXECUTED'),
  'the signal': ({ signals }) => signals.some(({ signalType }) => signalType === 'ACTION_EXECUTED'),
  'the note': ({ notes }) => notes.length > 0,
  'step DONE': ({ step: of }) => of?.status === 'DONE',
};

const FAILED: Expectations<Facts> = {
  'the API to say FAILED': says('FAILED'),
  'attempt FAILED': ({ attempt }) => attempt?.status === 'FAILED',
  [`the outcome with ${MISSING}`]: ({ outcomes }) =>
    outcomes.some(({ error_code }) => error_code === MISSING),
  'the ledger entry': ({ entries }) => entries.some(({ eventType }) => eventType === 'ACTION_FAILED'),
  'the signal': ({ signals }) => signals.some(({ signalType }) => signalType === 'ACTION_FAILED'),
  'no note': ({ notes }) => notes.length === 0,
  // By its ledger, for the next attempt may have begun.
  'step FAILED': ({ planLedger }) =>
    planLedger.some(
      ({ event_type, data }) =>
        event_type === 'STEP_FAILED' && (data as { reason?: string }).reason === MISSING,
    ),
};

const UNDONE: Expectations<Facts> = {
  'compensation COMPLETED': ({ outcomes }) => outcomes[0]?.compensation_status === 'COMPLETED',
  'the ledger entry of that': ({ entries }) =>
    entries.some(({ eventType }) => eventType === 'COMPENSATION_COMPLETED'),
  'the note to be gone': ({ notes }) => notes.length === 0,
  'the plan to know': ({ step: of }) => of?.compensation === 'COMPLETED',
};

const ONCE: Expectations<Facts> = {
  ...EXECUTED,
  'one attempt': ({ attempt }) => attempt?.attempt_count === 1,
  'one outcome': ({ outcomes }) => outcomes.length === 1,
  'one note': ({ notes }) => notes.length === 1,
  'one ledger entry': ({ entries }) => entries.length === 1,
  'one signal': ({ signals }) => signals.length === 1,
};

const succeededOnly = (facts: Facts): Facts => {
  const [outcome] = facts.outcomes;
  if (outcome?.status !== 'FAILED') return facts;
  throw new CheckFailedError(`the action failed: ${outcome.error_code}: ${outcome.error_message}`);
};

/** Has the first step's action published, and gives back how to look at what comes of it. */
const publish = async (
  stage: CheckedStage,
  watch: Watch,
  key: PlanKey,
  bus: EventPublisher = stage.stores.events,
): Promise<() => Promise<Facts>> => {
  const intentId = await awaitIntent(stage, watch, key, S1);
  await command(stage, key, { do: 'approve_intent', step_id: S1 }, bus);
  return () => readFacts(stage, key, { step_id: S1, intentId });
};

const lifecycle: Check = async (stage, watch, key) => {
  await seedPlan(stage, key, [step(S1)]);
  const look = await publish(stage, watch, key);
  await until(watch, async () => succeededOnly(await look()), EXECUTED);
};

/** The tenant's own mapping wants a parameter that the step does not name. */
const failure: Check = async (stage, watch, key) => {
  const entry = DEFAULT_ACTION_TYPES.find(({ action_type }) => action_type === ACTION_TYPE);
  if (!entry) throw new CheckFailedError(`there is no action type ${ACTION_TYPE}`);
  const content = { toolParam: 'content', transform: 'PASSTHROUGH', required: true } as const;
  const own = { ...entry, tenant_id: key.tenant_id, parameter_mapping: { content } };
  const now = (await stage.time()).now().toISOString();
  await createActionTypeRegistry(stage.client, stage.tables).register(own, now);
  await seedPlan(stage, key, [step(S1, { constraints: {} })]);
  await until(watch, await publish(stage, watch, key), FAILED);
};

const compensation: Check = async (stage, watch, key) => {
  await seedPlan(stage, key, [step(S1), step('s2', { dependencies: [S1] })]);
  const look = await publish(stage, watch, key);
  await until(watch, async () => succeededOnly(await look()), EXECUTED);
  await command(stage, key, { do: 'abort', reason: 'to be undone', compensate: true });
  const undo = async (): Promise<Facts> => {
    await runCycle(stage, watch, key);
    return look();
  };
  await until(watch, undo, UNDONE);
};

const duplicate: Check = async (stage, watch, key) => {
  await seedPlan(stage, key, [step(S1)]);
  const bus = repeating(stage.stores.events, DUPLICATES);
  const look = await publish(stage, watch, key, bus);
  await until(watch, async () => succeededOnly(await look()), EXECUTED);
  // The last ones to arrive are still to be refused.
  await sleep(stage.quietMs, undefined, { signal: watch.signal }).catch(() => {});
  const wrong = missing(await look(), ONCE);
  if (wrong.length > 0) throw new CheckFailedError(`published ${DUPLICATES} times: not ${wrong.join(', ')}`);
};

export const CHECKS: Readonly<Record<CheckName, Check>> = {
  ...{ lifecycle, failure, compensation, duplicate },
  'auto-exec': autoExec,
  fallback,
  'decision-scheduler': decisionScheduler,
};
