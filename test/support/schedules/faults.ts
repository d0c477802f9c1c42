import {
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import type { Invocation } from './invocation.ts';

export const FAULTS = [
  'THROTTLED',
  'CONFLICT',
  'LOST_ANSWER',
  'FUNCTION_DIES',
  'TIMES_OUT',
  'EXECUTION_DIES',
  'UNHEARD_OF',
] as const;

/**
 * What may go wrong with a call of DynamoDB:
 * - THROTTLED, CONFLICT: it is refused and nothing was written;
 * - LOST_ANSWER: it was carried out, and the caller hears of an error;
 * - FUNCTION_DIES: whoever called never goes on, before or after it was carried out, and its state machine tries again;
 * - TIMES_OUT: the state machine gives up waiting and tries again, while the first one goes on;
 * - EXECUTION_DIES: nobody tries again;
 * - UNHEARD_OF: an error, before or after it was carried out, that nobody thinks worth another try.
 */
export type Fault = (typeof FAULTS)[number];

export const pickFault = (random: () => number): Fault =>
  FAULTS[Math.floor(random() * FAULTS.length)] ?? 'THROTTLED';

const never = new Promise<never>(() => {});

const conflict = (input: object, random: () => number): Error => {
  const writes = (input as { TransactItems?: readonly unknown[] }).TransactItems ?? [];
  const hit = Math.floor(random() * writes.length);
  const CancellationReasons = writes.map((_, index) => ({
    Code: index === hit ? 'TransactionConflict' : 'None',
  }));
  return new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: {},
    CancellationReasons,
  });
};

const throttled = (): Error =>
  new ProvisionedThroughputExceededException({ message: 'too much at once', $metadata: {} });

const lostAnswer = (): Error => Object.assign(new Error('the answer was lost'), { name: 'TimeoutError' });

const unheardOf = (): Error => Object.assign(new Error('as the schedule wants it'), { name: UNHEARD_OF });

/** Whoever called dies or is given up. */
const strike = async (fault: Fault, invocation: Invocation): Promise<void> => {
  if (fault === 'TIMES_OUT') invocation.fail('States.Timeout');
  if (fault === 'EXECUTION_DIES') invocation.actor.dead = true;
  if (fault === 'FUNCTION_DIES') {
    invocation.dead = true;
    invocation.fail('Lambda.Unknown');
  }
  if (fault === 'FUNCTION_DIES' || fault === 'EXECUTION_DIES') await never;
};

/** Name of an error that no part of the system knows. */
export const UNHEARD_OF = 'SomethingUnheardOf';

/** What befalls a call before it is made. Throws, never returns, or lets it be made. */
export const faultBefore = async (
  fault: Fault | undefined,
  { invocation, input, random }: { invocation: Invocation; input: object; random: () => number },
): Promise<void> => {
  if (fault === undefined) return;
  if (fault === 'CONFLICT' && 'TransactItems' in input) throw conflict(input, random);
  if (fault === 'THROTTLED' || fault === 'CONFLICT') throw throttled();
  if (fault === 'UNHEARD_OF') throw unheardOf();
  await strike(fault, invocation);
};

/** What befalls a call after it was carried out. */
export const faultAfter = async (fault: Fault | undefined, invocation: Invocation): Promise<void> => {
  if (fault === undefined) return;
  if (fault === 'LOST_ANSWER' || fault === 'THROTTLED' || fault === 'CONFLICT') throw lostAnswer();
  if (fault === 'UNHEARD_OF') throw unheardOf();
  await strike(fault, invocation);
};
