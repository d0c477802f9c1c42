import type { ActionIntent } from '../intent/action-intent.ts';
import type { InFlight } from '../plan/plan.ts';
import type { ActionOutcome, ExecutionAttempt } from './execution.ts';

/** How long after an approval nothing may be heard before somebody looks, in seconds. */
export const PUBLISH_CHECK_SECONDS = 300;

/** How long after a dispatch the autonomy gate may take before it is asked again, in seconds. */
export const GATE_CHECK_SECONDS = 120;

/** How often an approval is published again before a person has to look. */
export const MAX_PUBLISHED_AGAIN = 2;

export interface InFlightFacts {
  /** The plan has ended: nothing may begin on its behalf any more, nor begin again. */
  readonly planEnded: boolean;
  readonly inFlight: InFlight;
  readonly intent: ActionIntent;
  readonly execution: ExecutionAttempt | undefined;
  readonly outcome: ActionOutcome | undefined;
}

export type Repair =
  | { readonly kind: 'APPLY_OUTCOME'; readonly outcome: ActionOutcome }
  | { readonly kind: 'ESCALATE_APPROVAL' }
  | { readonly kind: 'EXPIRE_APPROVAL' }
  | { readonly kind: 'PUBLISH_AGAIN' }
  | { readonly kind: 'CANCEL_UNSTARTED' }
  | { readonly kind: 'RECORD_UNKNOWN'; readonly execution: ExecutionAttempt }
  | { readonly kind: 'POSTPONE_CHECK'; readonly until: string };

const mayPublish = ({ planEnded, inFlight: { published_again = 0 } }: InFlightFacts): boolean =>
  !planEnded && published_again < MAX_PUBLISHED_AGAIN;

const repairUnstarted = (facts: InFlightFacts, now: string): Repair =>
  now < facts.intent.expires_at && mayPublish(facts)
    ? { kind: 'PUBLISH_AGAIN' }
    : { kind: 'CANCEL_UNSTARTED' };

/**
 * What to do about an attempt in flight of which nothing was heard in time. An approval that nobody gives is escalated, and lapses; a
 * lost event is published again; an execution past its deadline is dead, and the next one takes over under the same idempotency key;
 * when that does not help either, the outcome is unknown and says so.
 */
export const repairOf = (facts: InFlightFacts, now: string): Repair => {
  const { inFlight, execution, outcome } = facts;
  if (outcome) return { kind: 'APPLY_OUTCOME', outcome };
  if (inFlight.approval?.result !== 'GIVEN')
    return { kind: now < facts.intent.expires_at ? 'ESCALATE_APPROVAL' : 'EXPIRE_APPROVAL' };
  if (!execution) return repairUnstarted(facts, now);
  if (execution.status === 'RUNNING' && now < execution.deadline_at)
    return { kind: 'POSTPONE_CHECK', until: execution.deadline_at };
  return mayPublish(facts) && execution.status === 'RUNNING'
    ? { kind: 'PUBLISH_AGAIN' }
    : { kind: 'RECORD_UNKNOWN', execution };
};
