import { expect, test } from '@jest/globals';
import type { LedgerEntry } from '../../../src/domain/ledger/plan-ledger.ts';
import { entryLine } from '../../../src/local/terminal/entry-line.ts';

const entry = (event_type: string, data: object, actor: object = { kind: 'system', id: 'cycle' }) =>
  ({ event_type, data, actor }) as unknown as LedgerEntry;
const ben = { kind: 'human', id: 'ben' };

test.each([
  [entry('PLAN_ACTIVATED', { plan_id: 'p1' }), 'PLAN_ACTIVATED'],
  [entry('PLAN_PAUSED', { reason: 'wait' }, ben), 'PLAN_PAUSED · reason wait · by ben'],
  [
    entry('STEP_FAILED', { step_id: 's1', attempt: 2, reason: 'approval_rejected', note: 'no' }, ben),
    'STEP_FAILED s1 · attempt 2 · reason approval_rejected · note no · by ben',
  ],
  [
    entry('STEP_APPROVED', { step_id: 's1', attempt: 1, source: 'POLICY' }, { kind: 'policy', id: 'P' }),
    'STEP_APPROVED s1 · attempt 1 · source POLICY',
  ],
  [
    entry('PLAN_ACTIVATION_REJECTED', {
      reasons: [{ code: 'CONFLICT_ACTIVE_PLAN', subject: 'p2' }, { code: 'PRECONDITIONS_UNMET' }],
    }),
    'PLAN_ACTIVATION_REJECTED · CONFLICT_ACTIVE_PLAN p2 · PRECONDITIONS_UNMET',
  ],
  [
    entry('PLAN_ABORTED', { reason: 'sold', compensate: true }, ben),
    'PLAN_ABORTED · reason sold · compensate true · by ben',
  ],
  [
    entry('STEP_COMPENSATED', { step_id: 's1', attempt: 1, result: 'FAILED', error: 'GONE: no such note' }),
    'STEP_COMPENSATED s1 · attempt 1 · result FAILED · error GONE: no such note',
  ],
])('an entry of a ledger is one short line', (of, line) => expect(entryLine(of)).toBe(line));
