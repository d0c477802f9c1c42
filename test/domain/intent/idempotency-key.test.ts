import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { executionIdempotencyKey } from '../../../src/domain/intent/idempotency-key.ts';

const EXECUTION = {
  ...{ tenant_id: 'acme', action_intent_id: 'i1', tool_name: 'crm.create_task', registry_version: 3 },
  arguments: { title: 'Call', nested: { b: 1, a: 2 } },
};

describe('the idempotency key of an execution', () => {
  it('is the SHA-256 of who acts, by which tool, with which arguments and by which version', () => {
    const text = 'acme:i1:crm.create_task:{"nested":{"a":2,"b":1},"title":"Call"}:3';
    const expected = createHash('sha256').update(text).digest('hex');
    expect(executionIdempotencyKey(EXECUTION)).toBe(expected);
    expect(expected).toMatch(/^[0-9a-f]{64}$/);
  });

  it('does not depend on the order of the arguments', () => {
    const other = { ...EXECUTION, arguments: { nested: { a: 2, b: 1 }, title: 'Call' } };
    expect(executionIdempotencyKey(other)).toBe(executionIdempotencyKey(EXECUTION));
  });

  it.each([
    ['tenant', { tenant_id: 'globex' }],
    ['intent', { action_intent_id: 'i2' }],
    ['tool', { tool_name: 'internal.create_task' }],
    ['arguments', { arguments: { title: 'Call' } }],
    ['version', { registry_version: 4 }],
  ])('is another for another %s', (_, change) => {
    expect(executionIdempotencyKey({ ...EXECUTION, ...change })).not.toBe(executionIdempotencyKey(EXECUTION));
  });
});
