import type { ActionIntent } from '../intent/action-intent.ts';
import { type ActionOutcome, type ExecutionAttempt, OUTCOME_UNKNOWN } from './execution.ts';

export const EXECUTION_STATUSES = [
  'PENDING',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'EXPIRED',
  'UNKNOWN',
] as const;
export type ExecutionStatusName = (typeof EXECUTION_STATUSES)[number];

export const WAIT_CODES = ['APPROVAL', 'START', 'TOOL', 'PERSON'] as const;

/** What has to happen before an intent's execution goes on. */
export interface ExecutionWait {
  readonly code: (typeof WAIT_CODES)[number];
  readonly since: string;
  /** When the waiting ends by itself, one way or another; absent when it does not, or is overdue. */
  readonly until?: string;
  /** For people. */
  readonly explanation: string;
}

type Ended = Pick<
  ActionOutcome,
  | 'attempt_count'
  | 'started_at'
  | 'completed_at'
  | 'external_object_refs'
  | 'error_code'
  | 'error_class'
  | 'error_message'
  | 'compensation_status'
  | 'compensation_error'
>;

/** One execution of an intent that came to an end. */
export interface EndedExecution extends Readonly<Ended> {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'UNKNOWN';
  readonly replay?: ActionOutcome['replay'];
}

/** Where an intent stands: how its last execution ended, how far it has come, or what it waits for. */
export interface ExecutionSummary extends Readonly<Partial<Ended>> {
  readonly action_intent_id: string;
  readonly status: ExecutionStatusName;
  readonly waits_for?: ExecutionWait;
}

export interface ExecutionStatus extends ExecutionSummary {
  /** How its executions ended, that of the last replay last. */
  readonly outcomes: readonly EndedExecution[];
}

export interface ExecutionFacts {
  readonly intent?: ActionIntent | undefined;
  readonly attempt?: ExecutionAttempt | undefined;
  /** Oldest first. */
  readonly outcomes: readonly ActionOutcome[];
  readonly now: string;
}

const ended = (outcome: ActionOutcome): EndedExecution => {
  const { started_at, completed_at, attempt_count, external_object_refs, compensation_status } = outcome;
  const { error_code, error_class, error_message, compensation_error, replay } = outcome;
  return {
    status: error_code === OUTCOME_UNKNOWN ? 'UNKNOWN' : outcome.status,
    ...{ started_at, completed_at, attempt_count, external_object_refs, compensation_status },
    ...(error_code !== undefined && { error_code }),
    ...(error_class !== undefined && { error_class }),
    ...(error_message !== undefined && { error_message }),
    ...(compensation_error !== undefined && { compensation_error }),
    ...(replay !== undefined && { replay }),
  };
};

const ofOutcome = (outcome: ActionOutcome): ExecutionSummary => {
  const { replay: _replay, ...summary } = ended(outcome);
  const { action_intent_id, completed_at: since } = outcome;
  const explanation = 'nobody can tell whether the action took effect; a person has to find out';
  return {
    ...{ action_intent_id, ...summary },
    ...(summary.status === 'UNKNOWN' && { waits_for: { code: 'PERSON', since, explanation } }),
  };
};

const waitOfRunning = ({ started_at, deadline_at, replay }: ExecutionAttempt, now: string): ExecutionWait => {
  if (now < deadline_at) {
    const explanation = 'the execution calls its tool and records what comes of it';
    return { code: 'TOOL', since: started_at, until: deadline_at, explanation };
  }
  const dead = `the execution said nothing until its deadline, ${deadline_at}, and counts as dead`;
  return replay
    ? {
        ...{ code: 'PERSON', since: started_at },
        explanation: `${dead}; no cycle takes up a replay, so a person has to find out what it did`,
      }
    : { code: 'TOOL', since: started_at, explanation: `${dead}; the plan cycle will take it up` };
};

const ofRunning = (attempt: ExecutionAttempt, now: string): ExecutionSummary => {
  const { action_intent_id, started_at, attempt_count } = attempt;
  const waits_for = waitOfRunning(attempt, now);
  return { action_intent_id, status: 'RUNNING', started_at, attempt_count, waits_for };
};

/** An attempt that was closed, of whose outcome nothing is known here. */
const ofClosed = ({ action_intent_id, status, ...attempt }: ExecutionAttempt): ExecutionSummary => {
  const { started_at, updated_at: completed_at, attempt_count } = attempt;
  return { action_intent_id, status, started_at, completed_at, attempt_count };
};

const waitForApproval = ({ created_at: since, expires_at: until }: ActionIntent): ExecutionWait => ({
  ...{ code: 'APPROVAL', since, until },
  explanation: 'the policy or a person has to approve it before it lapses',
});

const waitForStart = (intent: ActionIntent, now: string): ExecutionWait => {
  const { created_at, approval_timestamp: since = created_at, expires_at: until } = intent;
  if (now < until) {
    const explanation = 'it is approved, and an execution will take it up';
    return { code: 'START', since, until, explanation };
  }
  const explanation = `it lapsed at ${until} before an execution took it up; the plan cycle will close it`;
  return { code: 'START', since, explanation };
};

const ofUnstarted = (intent: ActionIntent, now: string): ExecutionSummary => {
  const { action_intent_id, status, expires_at } = intent;
  switch (status) {
    case 'PENDING_APPROVAL':
      return now < expires_at
        ? { action_intent_id, status: 'PENDING', waits_for: waitForApproval(intent) }
        : { action_intent_id, status: 'EXPIRED' };
    case 'APPROVED':
      return { action_intent_id, status: 'PENDING', waits_for: waitForStart(intent, now) };
    case 'EXPIRED':
      return { action_intent_id, status };
    default:
      return { action_intent_id, status: 'CANCELLED' };
  }
};

/** An outcome is written together with the end of its attempt; one of an earlier execution does not end a replay. */
const isRunning = (attempt: ExecutionAttempt, last: ActionOutcome | undefined): boolean =>
  attempt.status === 'RUNNING' && !(last && last.attempt_count >= attempt.attempt_count);

/** Where an execution stands, by its attempt and the last outcome of its intent. */
export const attemptSummary = (
  attempt: ExecutionAttempt,
  last: ActionOutcome | undefined,
  now: string,
): ExecutionSummary => {
  if (isRunning(attempt, last)) return ofRunning(attempt, now);
  return last ? ofOutcome(last) : ofClosed(attempt);
};

const summaryOf = ({ intent, attempt, outcomes, now }: ExecutionFacts): ExecutionSummary | undefined => {
  const last = outcomes.at(-1);
  if (attempt) return attemptSummary(attempt, last, now);
  return last ? ofOutcome(last) : intent && ofUnstarted(intent, now);
};

/** Where an intent stands, and how its executions ended; undefined when there is nothing to tell it from. */
export const executionStatus = (facts: ExecutionFacts): ExecutionStatus | undefined => {
  const summary = summaryOf(facts);
  return summary && { ...summary, outcomes: facts.outcomes.map(ended) };
};
