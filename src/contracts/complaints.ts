import type * as z from 'zod';

/** Longest part of a value that a message shows, in characters. */
const MAX_SHOWN = 120;

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, MAX_SHOWN) ?? 'undefined';

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);

const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`))
    .join('');

type Issue = z.core.$ZodIssue;

/** An unknown field is complained of by its own path, not by that of what it stands in. */
const located = (issue: Issue): { path: readonly PropertyKey[]; message: string }[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not known here' }))
    : [issue];

/** What does not fit, each with its path and its value, in one line. */
export const complaints = ({ issues }: z.ZodError, value: unknown): string =>
  issues
    .flatMap(located)
    .map(({ path, message }) => `${pathText(path) || 'input'}: ${shown(valueAt(value, path))}: ${message}`)
    .join('; ');
