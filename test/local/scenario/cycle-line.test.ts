import { describe, expect, test } from '@jest/globals';
import { cycleLine } from '../../../src/local/scenario/cycle-line.ts';
import type { ExecutionRecord } from '../../../src/local/step-functions/executions/execution.ts';

const AT = '2026-01-05T09:00:00.000Z';
const record = (more: object): ExecutionRecord =>
  ({ status: 'SUCCEEDED', startDate: new Date(AT), ...more }) as unknown as ExecutionRecord;

const counts = { tenants: 3, activated: 1, stepsStarted: 2, completed: 4, expired: 5, failed: 0 };
const nothing = { at: AT, tenants: 0, activated: 0, stepsStarted: 0, completed: 0, expired: 0, failed: 0 };

describe('the line of a cycle', () => {
  test('holds the counts of its output, and what was completed since the line before', () => {
    const output = JSON.stringify({ ...counts, plans: [] });
    expect(cycleLine(record({ output }), 0)).toEqual({ at: AT, ...counts });
    expect(cycleLine(record({ output }), 2)).toEqual({ at: AT, ...counts, completed: 6 });
  });

  test('holds the counts of its cause when it had failures', () => {
    const cause = JSON.stringify({ ...counts, failed: 2, failures: [] });
    expect(cycleLine(record({ status: 'FAILED', error: 'PlanCycleFailed', cause }), 0)).toEqual({
      at: AT,
      ...counts,
      failed: 2,
    });
  });

  test.each([
    ['a cause that is no JSON', { status: 'FAILED', error: 'States.Timeout', cause: 'took too long' }],
    ['a cause that counts nothing', { status: 'FAILED', error: 'X', cause: '{"errorMessage":"down"}' }],
    ['a cause that is no object', { status: 'FAILED', error: 'X', cause: 'null' }],
    ['no cause', { status: 'ABORTED' }],
  ])('says of a cycle with %s that it failed', (_what, more) => {
    expect(cycleLine(record(more), 0)).toEqual({ ...nothing, failed: 1 });
  });

  test('says of a cycle that left the work to another that nothing happened', () => {
    const output = JSON.stringify({ opened: false, answer: { held_by: 'x' } });
    expect(cycleLine(record({ output }), 0)).toEqual(nothing);
  });
});
