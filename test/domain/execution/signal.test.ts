import { describe, expect, it } from '@jest/globals';
import type { ActionOutcome } from '../../../src/domain/execution/execution.ts';
import { executionSignal, signalOf } from '../../../src/domain/execution/signal.ts';
import { INTENT } from '../../support/in-flight.ts';
import { newOutcome } from '../../support/outcomes.ts';
import { minute } from '../../support/plan-fixtures.ts';

const FAILED: Partial<ActionOutcome> = {
  ...{ status: 'FAILED', external_object_refs: [], error_code: 'CRM_REFUSED' },
};
const REPLAY = { reason: 'the CRM is back', requested_by: 'ben' };

describe('the signal of an outcome', () => {
  it('of a success tells what was made, and whose and of which attempt it is', () => {
    expect(signalOf(newOutcome())).toEqual({
      signalId: `exec-${INTENT}-a1-ACTION_EXECUTED`,
      signalType: 'ACTION_EXECUTED',
      ...{ tenantId: 'acme', accountId: 'a1', traceId: 't1', timestamp: minute(6) },
      ...{ detectorVersion: 'execution-outcome-v1', status: 'ACTIVE' },
      ...{ action_intent_id: INTENT, plan_id: 'p1', step_id: 's1', attempt: 1 },
      external_object_refs: [{ system: 'INTERNAL', object_type: 'Note', object_id: 'n1' }],
    });
  });

  it('of a failure tells why', () => {
    const why: Partial<ActionOutcome> = { error_class: 'DOWNSTREAM', error_message: 'the CRM said no' };
    expect(signalOf(newOutcome({ ...FAILED, ...why }))).toMatchObject({
      signalId: `exec-${INTENT}-a1-ACTION_FAILED`,
      signalType: 'ACTION_FAILED',
      ...{ error_code: 'CRM_REFUSED', error_class: 'DOWNSTREAM', error_message: 'the CRM said no' },
      external_object_refs: [],
    });
  });

  it.each([
    newOutcome(),
    newOutcome(FAILED),
    newOutcome({ ...FAILED, error_class: 'AUTH', error_message: 'no' }),
    newOutcome({ replay: REPLAY, attempt_count: 2 }),
  ])('fits its schema, and is the same however often it is told: %j', (outcome) => {
    const signal = signalOf(outcome);
    expect(executionSignal.parse(JSON.parse(JSON.stringify(signal)))).toEqual(signal);
    expect(signalOf({ ...outcome })).toEqual(signal);
  });

  it('has an id of its own for each replay, and none for one that took over from a dead execution', () => {
    const ids = [
      newOutcome(),
      newOutcome({ attempt_count: 2 }),
      newOutcome({ replay: REPLAY, attempt_count: 2 }),
      newOutcome({ replay: REPLAY, attempt_count: 3 }),
    ].map((outcome) => signalOf(outcome).signalId.replace(`exec-${INTENT}-a1-`, ''));
    expect(ids).toEqual([
      ...['ACTION_EXECUTED', 'ACTION_EXECUTED'],
      ...['ACTION_EXECUTED-replay-2', 'ACTION_EXECUTED-replay-3'],
    ]);
  });
});
