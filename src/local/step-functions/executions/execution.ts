import type { AslMachine } from '../definition/asl.ts';
import type { MachineType } from '../definition/check-definition.ts';
import type { CompiledMachine } from '../definition/compile.ts';
import { CancelScope } from '../engine/cancel-scope.ts';
import type { EventDetails, HistoryEvent } from './history-event.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** What is known of an execution; `input` and `output` are JSON texts. Absent fields are absent, as in DescribeExecution. */
export interface ExecutionRecord {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly type: MachineType;
  readonly input: string;
  readonly startDate: Date;
  /** The map run that started it, for a child of a distributed Map. */
  readonly mapRunArn?: string;
  readonly status: ExecutionStatus;
  readonly stopDate?: Date;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  /** States entered, retries counted. */
  readonly stateTransitions: number;
}

/** A machine as registered, or the item processor of one of its distributed Maps. */
export interface RegisteredMachine {
  readonly arn: string;
  /** The registered machine's name, also for the processor of one of its Maps. */
  readonly name: string;
  readonly type: MachineType;
  readonly definition: AslMachine;
  readonly compiled: CompiledMachine;
  readonly creationDate: Date;
}

export interface ExecutionIdentity {
  readonly executionArn: string;
  readonly name: string;
  readonly input: string;
  readonly startDate: Date;
  readonly mapRunArn?: string;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** How an execution ends. Empty error and cause are not reported. */
export interface Outcome {
  readonly status: Exclude<ExecutionStatus, 'RUNNING'>;
  readonly output?: string;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** An execution with its history, from its start until it is forgotten. */
export class Execution {
  readonly machine: RegisteredMachine;
  readonly scope = new CancelScope();
  readonly settled = Promise.withResolvers<ExecutionRecord>();
  #record: Mutable<ExecutionRecord>;
  #history: HistoryEvent[] | undefined = [];

  constructor(machine: RegisteredMachine, identity: ExecutionIdentity) {
    this.machine = machine;
    this.#record = {
      ...identity,
      stateMachineArn: machine.arn,
      type: machine.type,
      status: 'RUNNING',
      stateTransitions: 0,
    };
  }

  get record(): ExecutionRecord {
    return this.#record;
  }

  get isRunning(): boolean {
    return this.#record.status === 'RUNNING';
  }

  /** Undefined once it is no longer kept. */
  get history(): readonly HistoryEvent[] | undefined {
    return this.#history;
  }

  forgetHistory(): void {
    this.#history = undefined;
  }

  countTransition(): void {
    this.#record.stateTransitions += 1;
  }

  /** Appends an event and returns its id. What happens after the end is not recorded: it returns the last id. */
  append(timestamp: Date, type: string, previousEventId: number, details?: EventDetails): number {
    if (!this.#history) return 0;
    if (this.isRunning) {
      this.#history.push({ timestamp, type, id: this.#history.length + 1, previousEventId, ...details });
    }
    return this.#history.length;
  }

  /** Ends the execution, once; false when it had already ended. */
  end(stopDate: Date, outcome: Outcome): boolean {
    if (!this.isRunning) return false;
    const { status, output, error, cause } = outcome;
    Object.assign(this.#record, {
      status,
      stopDate,
      ...(output !== undefined && { output }),
      ...(error && { error }),
      ...(cause && { cause }),
    });
    return true;
  }
}
