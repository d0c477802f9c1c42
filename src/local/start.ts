import type { LedgerEntry } from '../domain/ledger/plan-ledger.ts';
import { scaledClock } from './clock/scaled-clock.ts';
import { readScenario } from './scenario/scenario.ts';
import { type LocalWorld, REGION, startLocalWorld } from './start/local-world.ts';
import { HELP, SAMPLE, type StartOptions, startOptions } from './start/options.ts';
import { untilParentEnds } from './start/parent.ts';
import { giveCommands, introduceScenario, type ScenarioPlay } from './start/play-scenario.ts';
import { runSchedule } from './start/schedule.ts';
import { shiftScenario } from './start/shift-scenario.ts';
import { type LocalState, stateFile } from './start/state-file.ts';
import type { ExecutionRecord } from './step-functions/executions/execution.ts';
import { runProgram } from './terminal/command-line.ts';
import { entryLine } from './terminal/entry-line.ts';

const SAVE_EVERY_MS = 1000;
/** How far ahead of the clock its saved instant is, in real time: after a crash no entry may be dated before one that is there. */
const SAVE_AHEAD_MS = 2 * SAVE_EVERY_MS;

/** Longest part of a failed execution's cause that is printed, in characters. */
const MAX_CAUSE = 300;

const print = (line: string): void => console.log(line);

const printEntries = (entries: readonly LedgerEntry[]): void => {
  for (const entry of entries)
    print(`  ${entry.timestamp}  ${entry.tenant_id}/${entry.plan_id}  ${entryLine(entry)}`);
};

const printFailure = ({ status, name, error, cause }: ExecutionRecord): void => {
  if (status !== 'SUCCEEDED')
    print(`  execution ${name} ${status}: ${error ?? ''} ${cause?.slice(0, MAX_CAUSE) ?? ''}`);
};

const stateFor = (
  earlier: LocalState | undefined,
  scenario: string,
  scenarioStart: string,
  speed: number,
): LocalState => {
  const realNow = new Date().toISOString();
  const now = earlier && (speed > 1 || earlier.now > realNow) ? earlier.now : realNow;
  if (earlier?.scenario === scenario) return { ...earlier, now };
  const shift_ms = Date.parse(now) - Date.parse(scenarioStart);
  return { scenario, now, shift_ms, introduced: false, commands_given: 0 };
};

const banner = (
  options: StartOptions,
  scenario: string,
  { dynamoDb, system, toolWorld, apiUrl, unfinished }: LocalWorld,
): string => {
  const machines = system.stepFunctions.listStateMachines().map(({ arn }) => `  ${arn}`);
  const { schedule, everyMs, speed, dataDirectory, awsPort } = options;
  return [
    'cc-native is up.',
    `  DynamoDB                  ${dynamoDb.endpoint} (${dynamoDb.kind})`,
    `  Step Functions            http://127.0.0.1:${awsPort} (region ${REGION}, any credentials)`,
    `  EventBridge, Lambda       http://127.0.0.1:${awsPort}`,
    `  HTTP API                  ${apiUrl} (tokens: ${apiUrl}/_cc-native/token?tenant_id=T&sub=NAME)`,
    `  Tool gateway (MCP)        ${toolWorld.gatewayUrl}`,
    `  CRM, webhook receiver     ${toolWorld.crm.url} ${toolWorld.webhook.url}`,
    ...machines,
    `  Scenario                  ${scenario}, ${speed} times as fast as real time`,
    `  Cycles                    ${schedule ? `every ${everyMs / 1000} s` : 'only when you start them'}`,
    `  Data                      ${dataDirectory ?? 'kept in memory only'}`,
    ...(unfinished > 0 ? [`  Going on with             ${unfinished} executions of the last start`] : []),
    'Look at plans with: npm run plans -- list',
    '',
  ].join('\n');
};

const untilSignalled = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });

const startedByNpm = (): boolean => process.env.npm_lifecycle_event === 'start';

const untilStopped = (): Promise<void> =>
  startedByNpm() ? Promise.race([untilSignalled(), untilParentEnds()]) : untilSignalled();

const start = async (options: StartOptions): Promise<number> => {
  const file = stateFile(options.dataDirectory);
  const earlier = file.read();
  const path = options.scenario ?? earlier?.scenario ?? SAMPLE;
  const unmoved = readScenario(path);
  let state = stateFor(earlier, path, unmoved.start, options.speed);
  const scenario = shiftScenario(unmoved, state.shift_ms);
  const clock = scaledClock(new Date(state.now), options.speed);
  const write = (change: Partial<LocalState>, aheadMs: number): void => {
    const now = new Date(clock.now().getTime() + aheadMs).toISOString();
    state = { ...state, ...change, now };
    file.write(state);
  };
  const save = (change: Partial<LocalState>): void => write(change, SAVE_AHEAD_MS * options.speed);
  let completed = 0;
  const onCommitted = (entries: readonly LedgerEntry[]): void => {
    completed += entries.filter(({ event_type }) => event_type === 'PLAN_COMPLETED').length;
    printEntries(entries);
  };
  const takeCompleted = (): number => {
    const taken = completed;
    completed = 0;
    return taken;
  };

  const world = await startLocalWorld({ options, scenario, clock, onCommitted, onEnded: printFailure });
  const { system, documentClient, tables } = world;
  const stopping = new AbortController();
  const { signal } = stopping;
  const stopped = untilStopped();
  const saving = setInterval(() => save({}), SAVE_EVERY_MS);
  print(banner(options, path, world));
  const play: ScenarioPlay = {
    ...{ runtime: system.runtime, documentClient, tables, scenario, signal, save, print },
    connectors: world.toolWorld.connectors,
    state: () => state,
  };
  save({});
  world.resume();
  await introduceScenario(play);
  const working = [
    giveCommands(play),
    ...(options.schedule
      ? [runSchedule({ system, everyMs: options.everyMs, signal, takeCompleted, print })]
      : []),
  ];
  await Promise.race([stopped, Promise.all(working).then(() => stopped)]);
  stopping.abort();
  clearInterval(saving);
  write({}, 0);
  await world.stop();
  return 0;
};

await runProgram(async () => {
  const options = startOptions();
  if (options === undefined) {
    print(HELP);
    return 0;
  }
  return start(options);
});
// Executions that still wait for their tools hold the process; they go on at the next start.
process.exit();
