import type { z } from 'zod';

/** Longest part of a value that a message shows, in characters. */
const MAX_SHOWN = 120;

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, MAX_SHOWN) ?? 'undefined';

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);

const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`))
    .join('');

/** What does not fit, each with its path and its value, in one line. */
export const complaints = ({ issues }: z.ZodError, value: unknown): string =>
  issues
    .map(({ path, message }) => `${pathText(path) || 'input'}: ${shown(valueAt(value, path))}: ${message}`)
    .join('; ');
