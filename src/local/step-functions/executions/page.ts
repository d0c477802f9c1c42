import { invalidToken } from '../service-error.ts';
import { constraintViolated } from './validate-start.ts';

export interface PageRequest {
  /** 0 and undefined mean AWS's default of 100; 1,000 is the most. */
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

const MAX_RESULTS = 1000;
const DEFAULT_RESULTS = 100;

/**
 * A page of `items`, going on after the item that the token names by its key; items that were added or removed meanwhile
 * shift nothing. Throws InvalidToken, and ValidationException for a maxResults out of range.
 */
export function pageOf<T>(items: readonly T[], keyOf: (item: T) => string, request: PageRequest): Page<T> {
  const size = pageSize(request.maxResults);
  const start = request.nextToken === undefined ? 0 : startAfter(items, keyOf, request.nextToken);
  const page = items.slice(start, start + size);
  const last = page.at(-1);
  if (last === undefined || start + size >= items.length) return { items: page };
  return { items: page, nextToken: Buffer.from(keyOf(last)).toString('base64url') };
}

function pageSize(maxResults = 0): number {
  if (Number.isInteger(maxResults) && maxResults >= 0 && maxResults <= MAX_RESULTS) {
    return maxResults || DEFAULT_RESULTS;
  }
  const constraint = maxResults < 0 ? 'greater than or equal to 0' : `less than or equal to ${MAX_RESULTS}`;
  throw constraintViolated(`Value '${maxResults}' at 'maxResults'`, `Member must have value ${constraint}`);
}

function startAfter<T>(items: readonly T[], keyOf: (item: T) => string, token: string): number {
  const key = Buffer.from(token, 'base64url').toString();
  const index = items.findIndex((item) => keyOf(item) === key);
  if (index < 0) throw invalidToken();
  return index + 1;
}
