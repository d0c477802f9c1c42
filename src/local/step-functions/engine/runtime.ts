import type { Clock } from '../../../application/clock.ts';
import type { MachineType } from '../definition/check-definition.ts';
import type { CompiledMachine, CompiledState } from '../definition/compile.ts';
import type { Execution } from '../executions/execution.ts';
import type { MapRun, MapRunStore } from '../executions/map-run.ts';
import type { Activity } from './activity.ts';
import type { CancelScope } from './cancel-scope.ts';
import type { InvokeLambda } from './lambda-invocation.ts';
import type { TaskTokens } from './task-tokens.ts';

/** What has been used, as AWS would count it for the bill. */
export interface Units {
  /** Of STANDARD executions: states entered, retries counted. */
  stateTransitions: number;
  /** Of EXPRESS executions, which are not billed by them. */
  expressStateTransitions: number;
  expressExecutions: number;
}

export interface ChildExecutionRequest {
  readonly parent: Frame;
  readonly machine: CompiledMachine;
  readonly mapRun: MapRun;
  readonly type: MachineType;
  readonly input: string;
  readonly scope: CancelScope;
}

/** What the states of all executions share. */
export interface Host {
  readonly clock: Clock;
  readonly activity: Activity;
  readonly units: Units;
  readonly region: string;
  readonly retryDelays: 'real' | 'none';
  readonly tokens: TaskTokens;
  readonly mapRuns: MapRunStore;
  readonly newId: () => string;
  readonly invokeLambda: InvokeLambda;
  /** True once the process is on its way out: what is cut short then has not ended. */
  readonly isClosed: () => boolean;
  /** Runs a child of a distributed Map to its end; never rejects. */
  readonly runChildExecution: (request: ChildExecutionRequest) => Promise<Execution>;
  /** Runs a machine inside the frame's execution: rejects with its failure. */
  readonly runMachine: (frame: Frame, input: unknown) => Promise<unknown>;
}

/** The machine's stay in one state, retries included. */
export interface Visit {
  readonly state: CompiledState;
  retryCount: number;
  /** How often each retrier has been used. */
  readonly retriesUsed: number[];
}

/** The context object of AWS (`$$`). */
export interface StateContext {
  readonly Execution: Readonly<
    Record<'Id' | 'Input' | 'Name' | 'RoleArn' | 'StartTime' | 'RedriveCount', unknown>
  >;
  readonly StateMachine: { readonly Id: string; readonly Name: string };
  State?: { readonly EnteredTime: string; readonly Name: string; RetryCount: number };
  Task?: { readonly Token: string };
  readonly Map?: { readonly Item: { readonly Index: number; readonly Value: unknown } };
}

/** One run of one machine: of an execution, of an iteration or of a branch. It is in one state at a time. */
export interface Frame {
  readonly host: Host;
  readonly execution: Execution;
  readonly machine: CompiledMachine;
  readonly scope: CancelScope;
  readonly context: StateContext;
  /** Read by the paths that rewriting has redirected: see `rewrite-state.ts`. */
  readonly values: { input: unknown; result: unknown; readonly empty: object };
  visit: Visit | undefined;
  lastEventId: number;
}
