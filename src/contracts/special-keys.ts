/** Keys that JavaScript treats specially; no input of ours has a use for them. */
const SPECIAL: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** Paths at which a parsed JSON value holds such a key; empty for nearly everything. */
export const specialKeys = (value: unknown, path = ''): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => {
    const here = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    if (SPECIAL.includes(key)) return [here];
    return specialKeys((value as Record<string, unknown>)[key], here);
  });
};
