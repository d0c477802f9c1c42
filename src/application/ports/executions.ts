import type { ActionOutcome, ExecutionAttempt, ReplayOf } from '../../domain/execution/execution.ts';
import type { ExecutionLedgerEntry } from '../../domain/execution/execution-ledger.ts';
import type { ActionIntent } from '../../domain/intent/action-intent.ts';
import type { ActionApproved } from './events.ts';
import type { Scope } from './scope.ts';

/** Every read below is strongly consistent unless its comment says otherwise. */

export interface IntentStore {
  get(scope: Scope, actionIntentId: string): Promise<ActionIntent | undefined>;
}

export type StartResult =
  | { readonly started: true; readonly execution: ExecutionAttempt }
  | { readonly started: false; readonly reason: 'TAKEN' };

export interface ExecutionStart {
  readonly intent: ActionIntent;
  /** ARN of the execution that wants the intent. */
  readonly owner: string;
  readonly now: string;
  /** From when on an execution that said nothing counts as dead. */
  readonly deadline_at: string;
}

export interface ExecutionStore {
  /** Takes an intent: when nobody has it, when `owner` has it already, or when the one who had it is past its deadline. */
  startIfFree(start: ExecutionStart): Promise<StartResult>;
  /** Takes an intent whose execution has come to an end once more, with an entry in the ledger. */
  startReplay(start: ExecutionStart, replay: ReplayOf): Promise<StartResult>;
  get(scope: Scope, actionIntentId: string): Promise<ExecutionAttempt | undefined>;
  /** The outcome of the intent's execution; those of replays are apart. */
  outcome(scope: Scope, actionIntentId: string): Promise<ActionOutcome | undefined>;
  /** All outcomes of an intent, that of its last replay last. */
  outcomes(scope: Scope, actionIntentId: string): Promise<ActionOutcome[]>;
  /** Writes the outcome, its ledger entry and its signal, and closes the attempt row, all or nothing and once; gives back the outcome that stands. */
  finishOnce(outcome: ActionOutcome): Promise<ActionOutcome>;
  /** Adds to an outcome, and to the ledger, that what was done has been undone, or could not be; a second time changes nothing. */
  recordCompensation(
    outcome: ActionOutcome,
    compensation: { readonly status: 'COMPLETED' | 'FAILED'; readonly error?: string | undefined },
    now: string,
  ): Promise<void>;
}

/** The last execution of a page. */
export interface ExecutionCursor {
  readonly started_at: string;
  readonly action_intent_id: string;
}

export interface PastExecution {
  readonly attempt: ExecutionAttempt;
  /** What this attempt came to; that of an earlier execution of the same intent is not told. */
  readonly outcome: ActionOutcome | undefined;
}

export interface ExecutionHistory {
  /**
   * Executions of an account by their last start, newest first. Which ones there are is eventually consistent, what each is like is not.
   *
   * @param page.limit 1 to 100.
   * @throws TransientError when not all of them could be read now.
   */
  page(
    scope: Scope,
    page: { readonly limit: number; readonly after?: ExecutionCursor | undefined },
  ): Promise<{
    readonly executions: readonly PastExecution[];
    /** Absent when nothing follows. */
    readonly next?: ExecutionCursor | undefined;
  }>;
}

export interface ExecutionLedger {
  /**
   * Adds an entry, unless one of its id is there, whatever its instant; gives back the one that stands.
   *
   * @throws TransientError when another writer was in the way.
   */
  appendOnce(entry: ExecutionLedgerEntry): Promise<ExecutionLedgerEntry>;
}

export interface ExecutionStarter {
  /**
   * Starts an execution of execute-action, unless one of that name runs or has run; gives back the ARN of the one there is.
   *
   * @throws TransientError when Step Functions cannot take it now.
   */
  startIfNew(start: {
    readonly name: string;
    readonly input: {
      readonly detail: { readonly data: ActionApproved };
      readonly replay: ReplayOf;
    };
  }): Promise<{ readonly execution_arn: string }>;
}
