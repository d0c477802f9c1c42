import type { LedgerEntry } from '../domain/ledger/plan-ledger.ts';
import { scaledClock } from './clock/scaled-clock.ts';
import { readScenario } from './scenario/scenario.ts';
import { type LocalWorld, REGION, startLocalWorld } from './start/local-world.ts';
import { HELP, SAMPLE, type StartOptions, startOptions } from './start/options.ts';
import { giveCommands, introduceScenario, type ScenarioPlay } from './start/play-scenario.ts';
import { runSchedule } from './start/schedule.ts';
import { shiftScenario } from './start/shift-scenario.ts';
import { type LocalState, stateFile } from './start/state-file.ts';
import { runProgram } from './terminal/command-line.ts';
import { entryLine } from './terminal/entry-line.ts';

const SAVE_EVERY_MS = 1000;

const print = (line: string): void => console.log(line);

const printEntries = (entries: readonly LedgerEntry[]): void => {
  for (const entry of entries)
    print(`  ${entry.timestamp}  ${entry.tenant_id}/${entry.plan_id}  ${entryLine(entry)}`);
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
  { dynamoDb, system, resumed }: LocalWorld,
): string => {
  const machines = system.stepFunctions.listStateMachines().map(({ arn }) => `  ${arn}`);
  const { schedule, everyMs, speed, dataDirectory, awsPort } = options;
  return [
    'cc-native is up.',
    `  DynamoDB                  ${dynamoDb.endpoint} (${dynamoDb.kind})`,
    `  Step Functions            http://127.0.0.1:${awsPort} (region ${REGION}, any credentials)`,
    `  EventBridge PutEvents     http://127.0.0.1:${awsPort}`,
    ...machines,
    `  Scenario                  ${scenario}, ${speed} times as fast as real time`,
    `  Cycles                    ${schedule ? `every ${everyMs / 1000} s` : 'only when you start them'}`,
    `  Data                      ${dataDirectory ?? 'kept in memory only'}`,
    ...(resumed > 0 ? [`  Going on with             ${resumed} executions of the last start`] : []),
    'Look at plans with: npm run plans -- list',
    '',
  ].join('\n');
};

const untilSignalled = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });

const start = async (options: StartOptions): Promise<number> => {
  const file = stateFile(options.dataDirectory);
  const earlier = file.read();
  const path = options.scenario ?? earlier?.scenario ?? SAMPLE;
  const unmoved = readScenario(path);
  let state = stateFor(earlier, path, unmoved.start, options.speed);
  const scenario = shiftScenario(unmoved, state.shift_ms);
  const clock = scaledClock(new Date(state.now), options.speed);
  const save = (change: Partial<LocalState>): void => {
    state = { ...state, ...change, now: clock.now().toISOString() };
    file.write(state);
  };
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

  const world = await startLocalWorld({ options, scenario, clock, onCommitted });
  const { system, documentClient, tables } = world;
  const stopping = new AbortController();
  const { signal } = stopping;
  const signalled = untilSignalled();
  const saving = setInterval(() => save({}), SAVE_EVERY_MS);
  print(banner(options, path, world));
  const play: ScenarioPlay = {
    ...{ runtime: system.runtime, documentClient, tables, scenario, signal, save, print },
    state: () => state,
  };
  save({});
  await introduceScenario(play);
  const working = [
    giveCommands(play),
    ...(options.schedule
      ? [runSchedule({ system, everyMs: options.everyMs, signal, takeCompleted, print })]
      : []),
  ];
  await Promise.race([signalled, Promise.all(working).then(() => signalled)]);
  stopping.abort();
  clearInterval(saving);
  save({});
  await world.stop();
  return 0;
};

await runProgram(async () => {
  const options = startOptions();
  if (options === undefined) {
    print(HELP);
    return 0;
  }
  const code = await start(options);
  // Executions that still wait for their tools hold the process; they go on at the next start.
  process.exit(code);
});
