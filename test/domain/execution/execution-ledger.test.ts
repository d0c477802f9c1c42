import { describe, expect, it } from '@jest/globals';
import type { ActionOutcome } from '../../../src/domain/execution/execution.ts';
import {
  compensationEntry,
  executionLedgerEntry,
  outcomeEntry,
  replayEntry,
} from '../../../src/domain/execution/execution-ledger.ts';
import { INTENT } from '../../support/in-flight.ts';
import { newOutcome } from '../../support/outcomes.ts';
import { minute } from '../../support/plan-fixtures.ts';

const FAILED: Partial<ActionOutcome> = {
  ...{ status: 'FAILED', external_object_refs: [], error_code: 'CRM_REFUSED' },
};
const REPLAY = { reason: 'the CRM is back', requested_by: 'ben' };
const REPLAYED = { replay: REPLAY, attempt_count: 2 };
const OF = { tenantId: 'acme', accountId: 'a1', traceId: 't1' };
const DATA = {
  ...{ action_intent_id: INTENT, attempt_count: 1, registry_version: 1, approval_source: 'HUMAN' },
  ...{ plan_id: 'p1', step_id: 's1', attempt: 1 },
};

describe('the ledger of executions', () => {
  it('keeps of a success what was made, by which version and on whose approval', () => {
    expect(outcomeEntry(newOutcome())).toEqual({
      entryId: `exec-${INTENT}-1-ACTION_EXECUTED`,
      ...{ ...OF, eventType: 'ACTION_EXECUTED', timestamp: minute(6) },
      data: {
        ...DATA,
        status: 'SUCCEEDED',
        external_object_refs: [{ system: 'INTERNAL', object_type: 'Note', object_id: 'n1' }],
      },
    });
  });

  it('keeps of a failure its code and its class, UNKNOWN when it has none', () => {
    const data = { ...DATA, status: 'FAILED', external_object_refs: [], error_code: 'CRM_REFUSED' };
    expect(outcomeEntry(newOutcome({ ...FAILED, error_class: 'AUTH' })).data).toEqual({
      ...{ ...data, error_class: 'AUTH' },
    });
    expect(outcomeEntry(newOutcome(FAILED)).data).toEqual({ ...data, error_class: 'UNKNOWN' });
  });

  it('keeps no message, which may hold what the tool was told', () => {
    const entry = outcomeEntry(newOutcome({ ...FAILED, error_message: 'the CRM said no' }));
    expect(JSON.stringify(entry)).not.toContain('the CRM said no');
  });

  it.each(['PENDING', 'COMPLETED', 'FAILED'] as const)(
    'keeps that what was done before the failure is to be undone, or was: %s',
    (compensation_status) => {
      expect(outcomeEntry(newOutcome({ ...FAILED, compensation_status })).data).toMatchObject({
        compensation_status,
      });
    },
  );

  it.each<[Partial<ActionOutcome>, string]>([
    [{}, '1-ACTION_EXECUTED'],
    [FAILED, '1-ACTION_FAILED'],
    [{ attempt_count: 2 }, '2-ACTION_EXECUTED'],
    [REPLAYED, '2-REPLAY_COMPLETED'],
    [{ ...REPLAYED, ...FAILED }, '2-REPLAY_FAILED'],
    [{ ...REPLAYED, attempt_count: 3 }, '3-REPLAY_COMPLETED'],
  ])('has an entry of its own for each execution of an intent: %j is %s', (more, entryId) => {
    const entry = outcomeEntry(newOutcome(more));
    expect(entry.entryId).toBe(`exec-${INTENT}-${entryId}`);
    expect(executionLedgerEntry.parse(JSON.parse(JSON.stringify(entry)))).toEqual(entry);
  });

  it('keeps of a replay who asked for it and why', () => {
    expect(outcomeEntry(newOutcome(REPLAYED)).data).toMatchObject({ ...REPLAY, status: 'SUCCEEDED' });
  });

  it.each([
    ['COMPLETED', {}],
    ['FAILED', {}],
    ['FAILED', { error: 'ENTITY_IS_LOCKED: somebody edits it' }],
  ] as const)('keeps what was undone afterwards, or could not be, and why: %s, %j', (status, why) => {
    const entry = compensationEntry(newOutcome(), { status, ...why }, minute(9));
    const { external_object_refs } = newOutcome();
    expect(entry).toEqual({
      entryId: `exec-${INTENT}-1-COMPENSATION_${status}`,
      ...{ ...OF, eventType: `COMPENSATION_${status}`, timestamp: minute(9) },
      data: { action_intent_id: INTENT, attempt_count: 1, external_object_refs, ...why },
    });
    expect(executionLedgerEntry.parse(entry)).toEqual(entry);
  });

  it.each(['REPLAY_REQUESTED', 'REPLAY_STARTED'] as const)('keeps %s, by whom and why', (eventType) => {
    const entry = replayEntry(eventType, newOutcome({ attempt_count: 2 }), REPLAY, minute(9));
    expect(entry).toEqual({
      entryId: `exec-${INTENT}-2-${eventType}`,
      ...{ ...OF, eventType, timestamp: minute(9) },
      data: { action_intent_id: INTENT, attempt_count: 2, ...REPLAY },
    });
    expect(executionLedgerEntry.parse(entry)).toEqual(entry);
  });
});
