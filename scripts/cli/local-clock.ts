import * as z from 'zod';
import type { Clock } from '../../src/application/clock.ts';
import { instant } from '../../src/domain/identifiers.ts';
import { CLOCK_PATH } from '../../src/local/clock/clock-path.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';

/** A busy local system answers between two pieces of work, in milliseconds. */
const PATIENCE_MS = 10_000;

const clockAnswer = z.object({ now: instant });

/** The local system does not answer, or something else does in its place. */
export class LocalSystemUnavailableError extends Error {
  override readonly name = 'LocalSystemUnavailableError';
}

const hint = 'start it with npm start, or name another endpoint in AWS_ENDPOINT_URL_SFN';

const ask = async (endpoint: string): Promise<Response> => {
  try {
    return await fetch(new URL(CLOCK_PATH, endpoint), { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (cause) {
    throw new LocalSystemUnavailableError(`The local system does not answer at ${endpoint}: ${hint}`, {
      cause,
    });
  }
};

/**
 * The time at the local system, which may run faster than elsewhere; it stands still from then on, since a command takes one instant.
 *
 * @throws LocalSystemUnavailableError naming the endpoint.
 */
export const localClock = async (endpoint: string): Promise<Clock> => {
  const answer = clockAnswer.safeParse(await (await ask(endpoint)).json().catch(() => undefined));
  if (answer.success) return { now: () => new Date(answer.data.now), sleep: systemClock.sleep };
  throw new LocalSystemUnavailableError(`What answers at ${endpoint} is not the local system: ${hint}`);
};

/**
 * Makes sure that something listens at the local endpoint.
 *
 * @throws LocalSystemUnavailableError naming the endpoint.
 */
export const assertAnswers = async (endpoint: string): Promise<void> => {
  await (await ask(endpoint)).arrayBuffer();
};
