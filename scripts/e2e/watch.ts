import type { Shell } from '../cli/run-tool.ts';
import { found } from '../cli/waiting.ts';

/** How long a check waits for one thing, in milliseconds. */
export const PATIENCE_MS = 90_000;

/** A check did not find what it looked for; the message says what. */
export class CheckFailedError extends Error {
  override readonly name = 'CheckFailedError';
}

/** One check while it waits. */
export interface Watch {
  /** For the lines that tell of progress. */
  readonly name: string;
  readonly everyMs: number;
  /** Aborted when somebody wants to wait no longer. */
  readonly signal: AbortSignal;
  readonly say: Shell['say'];
}

/** What must be true in the end, by what it is called. */
export type Expectations<F> = Readonly<Record<string, (facts: F) => boolean>>;

/** What of it is not true yet. */
export const missing = <F>(facts: F, expectations: Expectations<F>): string[] =>
  Object.entries(expectations).flatMap(([what, holds]) => (holds(facts) ? [] : [what]));

/**
 * The facts, once they are as expected.
 *
 * @throws CheckFailedError naming what is still missing when patience ends.
 */
export const until = async <F>(
  { name, everyMs, signal, say }: Watch,
  look: () => Promise<F>,
  expectations: Expectations<F>,
): Promise<F> => {
  let left: string[] = [];
  const lookAgain = async (): Promise<{ readonly facts: F } | undefined> => {
    const facts = await look();
    const now = missing(facts, expectations);
    if (now.length > 0 && now.join() !== left.join()) say(`${name}: waiting for ${now.join(', ')}`);
    left = now;
    return now.length === 0 ? { facts } : undefined;
  };
  const seen = await found({
    ...{ signal, everyMs, patienceMs: PATIENCE_MS, look: lookAgain, onRunning: () => {} },
  });
  if (seen) return seen.facts;
  const when = signal.aborted ? 'until it was interrupted' : `within ${PATIENCE_MS / 1000} s`;
  throw new CheckFailedError(`not ${when}: ${left.join(', ')}`);
};
