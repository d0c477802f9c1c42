import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { isLoopback, isPublic, withoutBrackets } from './address-range.ts';
import type { Silence } from './exchange.ts';
import { noAnswer } from './read-answer.ts';
import { addressNotAllowed, type Result } from './result.ts';

/** All addresses of a host; rejects when there is none. */
export type Lookup = (host: string) => Promise<readonly LookupAddress[]>;

interface Question {
  readonly url: URL;
  readonly lookup: Lookup;
  /** Lets loopback addresses through, and no other private ones. */
  readonly allowPrivate: boolean;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

const orUndefinedOnAbort = <T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    work.then(resolve, reject);
  });

const codeOf = (error: unknown): string => {
  const { code, name } = error as NodeJS.ErrnoException;
  return code ?? name;
};

const notResolved = (host: string, why: Partial<Silence>) =>
  noAnswer({ sent: false, timedOut: false, reason: `${host} could not be resolved`, ...why }, false);

const resolved = async (
  host: string,
  { lookup, signal }: Question,
): Promise<Result<readonly LookupAddress[]>> => {
  const family = isIP(host);
  if (family) return { value: [{ address: host, family }] };
  try {
    const value = await orUndefinedOnAbort(lookup(host), signal);
    if (!value) return notResolved(host, { timedOut: true });
    return value.length > 0 ? { value } : notResolved(host, {});
  } catch (error) {
    return notResolved(host, { reason: `${host} could not be resolved: ${codeOf(error)}` });
  }
};

/** The addresses of the URL's host, if every one of them may be connected to. */
export const checkedAddresses = async (question: Question): Promise<Result<readonly LookupAddress[]>> => {
  const { url, allowPrivate } = question;
  const host = withoutBrackets(url.hostname);
  const addresses = await resolved(host, question);
  if ('failure' in addresses) return addresses;
  const mayConnect = ({ address }: LookupAddress): boolean =>
    (url.protocol === 'https:' && isPublic(address)) || (allowPrivate && isLoopback(address));
  const bad = addresses.value.find((address) => !mayConnect(address));
  return bad
    ? addressNotAllowed(`url: "${host}" has the address ${bad.address}, which is not public`)
    : addresses;
};
