import { describe, expect, it } from '@jest/globals';
import { canonicalHash } from '../../../src/domain/ledger/canonical-json.ts';

describe('the canonical hash', () => {
  it('is the SHA-256 of the canonical JSON', () => {
    // printf '{"a":1}' | sha256sum
    expect(canonicalHash({ a: 1 })).toBe('015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862');
  });

  it('does not depend on the order of keys at any depth, nor on what is undefined', () => {
    expect(canonicalHash({ b: { d: 1, c: [1, { f: 1, e: 2 }] }, a: 1, x: undefined })).toBe(
      canonicalHash({ a: 1, b: { c: [1, { e: 2, f: 1 }], d: 1 } }),
    );
  });

  it.each([
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: '1' }, { a: 1 }],
    [{ a: null }, {}],
  ])('of %j is not that of %j', (one, other) => expect(canonicalHash(one)).not.toBe(canonicalHash(other)));
});
