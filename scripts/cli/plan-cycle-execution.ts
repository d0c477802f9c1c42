import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  paginateListStateMachines,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ConfigurationError } from '../../src/application/errors.ts';
import type { PlanCycleInput } from '../../src/contracts/plan-cycle.ts';

/** Time between two looks at an execution, in milliseconds: from the first to the longest. */
const FIRST_POLL_MS = 100;
const LONGEST_POLL_MS = 2_000;
const POLL_GROWTH = 1.5;
/** DescribeExecution is eventually consistent: a new execution may be unknown for some seconds. */
const UNKNOWN_FOR_MS = 15_000;
/** The Fail state is the last but one event of a failed execution. */
const LAST_EVENTS = 5;

/** ARN of the state machine of that name; throws ConfigurationError when there is none. */
export const findMachine = async (client: SFNClient, name: string): Promise<string> => {
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {})) {
    const found = stateMachines.find((machine) => machine.name === name);
    if (found?.stateMachineArn) return found.stateMachineArn;
  }
  const region = await client.config.region();
  throw new ConfigurationError(
    `there is no state machine ${name} in ${region}: is the stage deployed there?`,
  );
};

/** Starts a plan cycle; its name makes the SDK's retries of a lost answer converge on one execution. */
export const startPlanCycle = async (
  client: SFNClient,
  stateMachineArn: string,
  input: PlanCycleInput,
): Promise<string> => {
  const request = { stateMachineArn, name: `backfill-${randomUUID()}`, input: JSON.stringify(input) };
  const { executionArn } = await client.send(new StartExecutionCommand(request));
  return String(executionArn);
};

const describe = async (client: SFNClient, executionArn: string, sinceMs: number) => {
  try {
    return await client.send(new DescribeExecutionCommand({ executionArn }));
  } catch (error) {
    const mayAppear = (error as Error).name === 'ExecutionDoesNotExist' && sinceMs < UNKNOWN_FOR_MS;
    if (mayAppear) return undefined;
    throw error;
  }
};

export interface Waiting {
  readonly signal: AbortSignal;
  /** Told after every look at an execution that still runs. */
  onRunning(elapsedMs: number): void;
}

/** The execution once it has ended; undefined when `signal` says to wait no longer. */
export const executionEnd = async (
  client: SFNClient,
  executionArn: string,
  { signal, onRunning }: Waiting,
): Promise<DescribeExecutionCommandOutput | undefined> => {
  const began = performance.now();
  for (
    let pollMs = FIRST_POLL_MS;
    !signal.aborted;
    pollMs = Math.min(pollMs * POLL_GROWTH, LONGEST_POLL_MS)
  ) {
    const elapsedMs = performance.now() - began;
    const execution = await describe(client, executionArn, elapsedMs);
    if (execution && execution.status !== 'RUNNING') return execution;
    onRunning(elapsedMs);
    await sleep(pollMs, undefined, { signal }).catch(() => {});
  }
  return undefined;
};

/** What a failed execution's Fail state was entered with, as JSON text; undefined where that cannot be told. */
export const failStateInput = async (
  client: SFNClient,
  executionArn: string,
): Promise<string | undefined> => {
  try {
    const request = { executionArn, reverseOrder: true, maxResults: LAST_EVENTS, includeExecutionData: true };
    const { events = [] } = await client.send(new GetExecutionHistoryCommand(request));
    return events.find(({ type }) => type === 'FailStateEntered')?.stateEnteredEventDetails?.input;
  } catch {
    // The history says more than the cause does; without leave to read it, the cause has to do.
    return undefined;
  }
};
