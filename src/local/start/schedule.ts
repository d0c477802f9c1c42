import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalSystem } from '../local-system.ts';
import { type CycleLine, cycleLine } from '../scenario/cycle-line.ts';
import { CYCLE_COLUMNS } from '../scenario/report-text.ts';

export interface ScheduleOptions {
  readonly system: LocalSystem;
  readonly everyMs: number;
  readonly signal: AbortSignal;
  /** Plans completed since it was last asked. */
  takeCompleted(): number;
  print(line: string): void;
}

const cycleText = (line: CycleLine, milliseconds: number): string =>
  [line.at, ...CYCLE_COLUMNS.map((name) => `${name} ${line[name]}`), `ms ${Math.round(milliseconds)}`].join(
    '  ',
  );

const runCycle = async ({ system, takeCompleted, print }: ScheduleOptions): Promise<void> => {
  const began = performance.now();
  const { stepFunctions, planCycleArn } = system;
  const { executionArn } = await stepFunctions.startExecution({ stateMachineArn: planCycleArn });
  const record = await stepFunctions.settled(executionArn);
  const own = cycleLine(record, 0).completed;
  const line = cycleLine(record, Math.max(0, takeCompleted() - own));
  print(cycleText(line, performance.now() - began));
  if (record.status !== 'SUCCEEDED') print(`  cycle ${record.status}: ${record.error}: ${record.cause}`);
};

/** Starts a cycle every so often, as the deployed schedule does, until it is aborted; prints a line for each. */
export const runSchedule = async (options: ScheduleOptions): Promise<void> => {
  const { everyMs, signal, print } = options;
  let next = performance.now();
  while (!signal.aborted) {
    await runCycle(options).catch((error: Error) => print(`  cycle not run: ${error.message}`));
    next = Math.max(next + everyMs, performance.now());
    await sleep(Math.max(0, next - performance.now()), undefined, { signal }).catch(() => {});
  }
};
