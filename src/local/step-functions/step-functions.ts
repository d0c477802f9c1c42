import type { Clock } from '../../application/clock.ts';
import { Activity } from './engine/activity.ts';
import type { InvokeLambda } from './engine/lambda-invocation.ts';
import { abortExecution } from './engine/run-execution.ts';
import { runMachine } from './engine/run-machine.ts';
import type { Host, Units } from './engine/runtime.ts';
import { TaskTokens } from './engine/task-tokens.ts';
import { childRunner } from './executions/child-runner.ts';
import type { Execution, ExecutionRecord, RegisteredMachine } from './executions/execution.ts';
import { ExecutionStore, type RetentionLimits } from './executions/execution-store.ts';
import type { HistoryEvent } from './executions/history-event.ts';
import type { Journal, StartedExecution } from './executions/journal.ts';
import { type MachineRegistration, MachineRegistry } from './executions/machine-registry.ts';
import { type MapRun, MapRunStore } from './executions/map-run.ts';
import { type ExecutionStart, ExecutionStarter } from './executions/start-execution.ts';
import { executionDoesNotExist, invalidArn } from './service-error.ts';
import { terminalError } from './state-error.ts';

export interface StepFunctionsOptions {
  /** Everything waits on it: Wait states, timeouts, heartbeats, delays before retries. */
  readonly clock: Clock;
  readonly invokeLambda: InvokeLambda;
  readonly region: string;
  /** Names executions and map runs, and makes task tokens; must not repeat itself. */
  readonly newId: () => string;
  /** `none`: a retry follows at once. */
  readonly retryDelays: 'real' | 'none';
  readonly journal?: Journal;
  /** By default 5,000 ended executions are remembered, 1,000 of them with their histories of 30,000 events in all. */
  readonly retention?: RetentionLimits;
}

/** Step Functions in this process: registered machines, their executions, and what can be asked about them. */
export type StepFunctions = ReturnType<typeof createStepFunctions>;

const DEFAULT_RETENTION: RetentionLimits = { executions: 5000, histories: 1000, events: 30_000 };

/**
 * Runs state machines as Step Functions would, on the given clock. Methods throw ServiceError with AWS's error names;
 * `register` throws DefinitionRefusedError for a machine that would not run here as it does on AWS.
 */
export function createStepFunctions(options: StepFunctionsOptions) {
  const { clock, region, retention = DEFAULT_RETENTION } = options;
  const machines = new MachineRegistry(region);
  const store = new ExecutionStore(retention);
  const units: Units = { stateTransitions: 0, expressStateTransitions: 0, expressExecutions: 0 };
  const host: Host = {
    ...options,
    activity: new Activity(),
    units,
    tokens: new TaskTokens(),
    mapRuns: new MapRunStore(retention.executions),
    isClosed: () => isClosed,
    runMachine,
    runChildExecution: (request) => runChild(request),
  };
  let isClosed = false;
  const runChild = childRunner(host, store);
  const starter = new ExecutionStarter({ host, store, machines, journal: options.journal });

  function existing(executionArn: string): Execution {
    const execution = store.get(executionArn);
    if (!execution) throw executionDoesNotExist(executionArn);
    return execution;
  }

  return {
    activity: host.activity,
    units: units as Readonly<Units>,

    /** Checks and compiles a machine; replaces one of the same name for executions to come. */
    register: (machine: MachineRegistration): RegisteredMachine => machines.register(machine, clock.now()),

    /** `input` is JSON text, `{}` when absent. Resolves once the execution is journalled and has begun. */
    startExecution: (start: ExecutionStart) => starter.start(start),

    /** Runs an execution again from its first state, under the same ARN; for those that a restart cut short. */
    resume: (started: StartedExecution): void => starter.resume(started),

    /** Resolves with the record when the execution has ended, at once when it had. Throws ExecutionDoesNotExist. */
    settled: (executionArn: string): Promise<ExecutionRecord> => existing(executionArn).settled.promise,

    /** The record of any execution, EXPRESS ones and those of distributed Maps included. */
    describeExecution: (executionArn: string): ExecutionRecord => existing(executionArn).record,

    /** Oldest first. Of an ended execution it may no longer be kept: then ExecutionDoesNotExist. */
    getExecutionHistory(executionArn: string): readonly HistoryEvent[] {
      const { history } = existing(executionArn);
      if (!history) throw executionDoesNotExist(executionArn);
      return history;
    },

    /** The executions of a machine, or of a map run; newest first. */
    listExecutions: (machineOrMapRunArn: string): ExecutionRecord[] =>
      store.newestFirst(machineOrMapRunArn).map(({ record }) => record),

    /** Ends a running execution as ABORTED; one that has ended stays as it is. */
    stopExecution(executionArn: string, error?: string, cause?: string): { stopDate: Date } {
      const execution = existing(executionArn);
      abortExecution(host, execution, { status: 'ABORTED', error, cause });
      return { stopDate: execution.record.stopDate ?? clock.now() };
    },

    /** In the order of registration. */
    listStateMachines: (): RegisteredMachine[] => machines.all(),
    describeStateMachine: (arn: string): RegisteredMachine => machines.get(arn),
    machineOfExecution: (executionArn: string): RegisteredMachine => existing(executionArn).machine,

    listMapRuns: (executionArn: string): MapRun[] =>
      host.mapRuns.ofExecution(existing(executionArn).record.executionArn),

    /** Throws InvalidArn for a map run that is not (or no longer) known. */
    describeMapRun(mapRunArn: string): MapRun {
      const mapRun = host.mapRuns.get(mapRunArn);
      if (!mapRun) throw invalidArn(`Map Run does not exist: ${mapRunArn}`);
      return mapRun;
    },

    /** Ends a `.waitForTaskToken` task; `output` is what it gives. Throws TaskDoesNotExist. */
    sendTaskSuccess: (token: string, output: unknown): void => host.tokens.of(token).succeed(output),
    sendTaskFailure: (token: string, error = '', cause = ''): void =>
      host.tokens.of(token).fail(error, cause),
    sendTaskHeartbeat: (token: string): void => host.tokens.of(token).beat(),

    /**
     * Lets go of what runs, so that the process can end: executions stay as they are, RUNNING and in the journal, and go on
     * when they are resumed. Nothing may be started afterwards.
     */
    close(): void {
      isClosed = true;
      const reason = terminalError('States.Aborted', 'The process ends');
      for (const { scope } of store.running()) scope.cancel(reason);
    },
  };
}
