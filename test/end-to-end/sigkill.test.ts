import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import type { TableNames } from '../../src/adapters/dynamodb/table-names.ts';
import { secondsAfter } from '../../src/domain/identifiers.ts';
import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import type { LedgerEntry } from '../../src/domain/ledger/plan-ledger.ts';
import {
  ledgerViolations,
  overlappingActivePlans,
  rowViolations,
} from '../../src/domain/ledger/violations.ts';
import { isTerminal } from '../../src/domain/plan/plan.ts';
import { createDynamoDbClient } from '../../src/local/dynamodb/client.ts';
import { seededRandom } from '../../src/local/invocation-gate.ts';
import { loadService } from '../../src/local/service/service-definition.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { brief, command, plan, scenario } from '../local/scenario/small-scenarios.ts';
import { UP, untilFree, usePlace } from './local-process.ts';

const KILLS = 20;
const SEED = Number(process.env.SIGKILL_SEED ?? 20_260_105);
/** A kill comes at a random instant of the first cycles after the start, each of which takes 200 ms. */
const LATEST_KILL_MS = 500;
const PATIENCE_MS = 40_000;
const SPEED = 120;
/** An execution that was killed counts as dead after this time, and its action is carried out by another: after the last kill nobody starts the system for so long. */
const HOURS_OFF = 2;
const ACCOUNTS = ['a', 'b', 'c', 'd'];

const steps = [brief('s1'), brief('s2', { dependencies: ['s1'] }), brief('s3')];

/** Enough work for all the restarts: plans of one account and type wait for each other, and hardly one completes before the last kill. */
const PLANS = [
  plan('paused', { steps }),
  ...ACCOUNTS.flatMap((account_id) =>
    [1, 2].map((number) => plan(`${account_id}${number}`, { account_id, steps })),
  ),
];
const SCENARIO = scenario(PLANS, {
  outcomes: [
    { step_id: 's2', attempt: 1, result: 'FAILED', after_minutes: 0.2 },
    // Of two plans only: the machine waits in real time before it tries again.
    { plan_id: 'paused', step_id: 's3', result: 'TRANSIENT_THEN_SUCCEEDED', after_minutes: 0.2 },
    { plan_id: 'a1', step_id: 's3', result: 'TRANSIENT_THEN_SUCCEEDED', after_minutes: 0.2 },
    { result: 'SUCCEEDED', after_minutes: 0.5 },
  ],
  commands: [command(6, 'pause', 'paused'), command(9, 'resume', 'paused')],
});

const place = usePlace();

const statePath = () => join(place.dataDirectory, 'state.json');

const savedState = async () => JSON.parse(await readFile(statePath(), 'utf8'));

/** Where the local clock goes on after a crash. */
const savedInstant = async (): Promise<string> => (await savedState()).now;

/** Lets the local clock go on so many hours later. */
const moveSavedInstant = async (hours: number): Promise<string> => {
  const state = await savedState();
  const now = secondsAfter(state.now, hours * 3600);
  await writeFile(statePath(), JSON.stringify({ ...state, now }));
  return now;
};

const instantsIn = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => /^ {2}(\d{4}-\S+Z) /.exec(line)?.[1] ?? []);

const tables = () => {
  const client = createDynamoDbClient({ endpoint: `http://127.0.0.1:${place.dynamoDbPort}` });
  const { environment } = loadService({ stage: 'local' });
  const { plans } = createRuntime(environment, { dynamoDb: client });
  const documents = DynamoDBDocumentClient.from(client);
  const rows = async (table: keyof TableNames): Promise<Record<string, unknown>[]> => {
    const found: Record<string, unknown>[] = [];
    for await (const { Items = [] } of paginateScan({ client: documents }, { TableName: environment[table] }))
      found.push(...Items);
    return found;
  };
  return { plans, rows };
};

const KEYS = PLANS.map(({ plan_id, tenant_id, account_id }) => ({
  plan_id: String(plan_id),
  tenant_id: String(tenant_id),
  account_id: String(account_id),
}));

/**
 * An activation is dated when it was begun: another plan may have ended between that and its commit, which is a quarter of a second later at
 * the most. Plans that were ACTIVE together would overlap for longer.
 */
const activatedLater = (ledger: readonly LedgerEntry[]): LedgerEntry[] =>
  ledger.map((entry) =>
    entry.event_type === 'PLAN_ACTIVATED'
      ? { ...entry, timestamp: new Date(Date.parse(entry.timestamp) + 250 * SPEED).toISOString() }
      : entry,
  );

/** Once all have ended, or none will any more: what is then left shows in the assertions. */
const onceAllEnded = async ({ plans }: ReturnType<typeof tables>) => {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const read = await plans.getMany(KEYS);
    expect(read.invalid).toEqual([]);
    const ended = read.plans.filter(({ plan_status }) => isTerminal(plan_status));
    if (ended.length === KEYS.length || performance.now() > deadline) return read.plans;
    await delay(100);
  }
};

const intentOf = (of: Record<string, unknown>): string =>
  actionIntentId(String(of.plan_id), String(of.step_id), Number(of.attempt));

test(`${KILLS} crashes in the middle of a cycle lose nothing and do nothing twice (seed ${SEED})`, async () => {
  const random = seededRandom(SEED);
  const path = await place.file('scenario.json', SCENARIO);
  const args = ['--scenario', path, '--speed', `${SPEED}`, '--every', '200ms'];
  let began = '';
  for (let kill = 0; kill < KILLS; kill += 1) {
    const system = place.start(args);
    await system.line(UP);
    await delay(random() * LATEST_KILL_MS);
    expect(await system.signal('SIGKILL')).toMatchObject({ how: 'SIGKILL', stderr: '' });
    const saved = await savedInstant();
    expect(instantsIn(system.lines).filter((instant) => instant < began || instant > saved)).toEqual([]);
    began = saved;
  }

  began = await moveSavedInstant(HOURS_OFF);
  const system = place.start(args);
  await system.line(UP);
  const store = tables();
  const plans = await onceAllEnded(store);
  const unfinished = plans.filter(({ plan_status }) => plan_status !== 'COMPLETED');
  expect(
    unfinished.map(({ plan_id, plan_status, pause_reason }) => [plan_id, plan_status, pause_reason]),
  ).toEqual([]);
  const ledgers = await Promise.all(plans.map(({ plan_id }) => store.plans.ledger(plan_id)));
  const entries = ledgers.flat();
  const broken = plans.flatMap((one, index) => {
    const ledger = ledgers[index] ?? [];
    return [...ledgerViolations(ledger), ...rowViolations(one, ledger)].map(
      (what) => `${one.plan_id}: ${what}`,
    );
  });
  expect([...broken, ...overlappingActivePlans(ledgers.map(activatedLater))]).toEqual([]);
  expect(instantsIn(system.lines).filter((instant) => instant < began)).toEqual([]);
  const attemptsOf = (type: string): string[] =>
    entries
      .filter(({ event_type }) => event_type === type)
      .map(({ data }) => intentOf({ ...data }))
      .sort();
  const intentsIn = async (table: keyof TableNames): Promise<string[]> =>
    (await store.rows(table)).map(({ action_intent_id }) => String(action_intent_id)).sort();
  expect(await intentsIn('INTERNAL_NOTES_TABLE_NAME')).toEqual(attemptsOf('STEP_COMPLETED'));
  expect(await intentsIn('EXECUTION_OUTCOMES_TABLE_NAME')).toEqual(attemptsOf('STEP_STARTED'));
  const executions = await store.rows('EXECUTION_ATTEMPTS_TABLE_NAME');
  expect(executions.map(({ status }) => status)).not.toContain('RUNNING');

  expect((await system.signal('SIGTERM')).how).toBe(0);
  await untilFree(place.dynamoDbPort);
  await untilFree(place.awsPort);
}, 120_000);
