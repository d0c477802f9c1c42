import { describe, expect, it } from '@jest/globals';
import { budgetUse } from '../../../src/domain/ledger/budget-use.ts';
import {
  approveIntent,
  at,
  autoApprove,
  cancelUnstarted,
  fail,
  newStep,
  orchestrator,
  start,
  story,
  succeed,
  type Told,
  toStatus,
} from '../../support/plan-fixtures.ts';

const STEPS = ['s1', 's2', 's3'].map((id) => newStep(id));

const approve = (step_id: string, max: number, day = '2026-01-05', attempt = 1): Told => {
  const [command, context] = autoApprove(step_id, 4, attempt);
  const counters = [
    { level: 'ACCOUNT' as const, max },
    { level: 'TENANT' as const, max: 99 },
  ];
  return [{ ...command, budget: { day, counters } } as Told[0], context];
};
const nothingDone = (step_id: string): Told => [
  {
    ...{ type: 'APPLY_OUTCOME', step_id, attempt: 1 },
    outcome: { result: 'FAILED', reason: 'INTENT_EXPIRED', nothing_done: true },
  },
  at(6, orchestrator),
];
const ledger = (plan_id: string, account_id: string, ...told: Told[]) =>
  story([...toStatus('ACTIVE', { plan_id, account_id, steps: STEPS }), ...told]).entries;

const of = (account_id: string, day: string, taken: number, settled: number, max: number) => ({
  ...{ tenant_id: 'acme', account_id, day, taken, settled, max },
});

describe('what ledgers say of budgets', () => {
  it('is nothing where nothing was approved by policy', () => {
    expect(budgetUse([])).toEqual([]);
    expect(budgetUse([ledger('p1', 'a1', start('s1', 3), approveIntent('s1', 4), succeed('s1', 5))])).toEqual(
      [],
    );
  });

  it('is what is under way, what was carried out and what was given back, by account and day', () => {
    const first = ledger(
      ...(['p1', 'a1'] as const),
      ...[start('s1', 3), approve('s1', 5), succeed('s1', 5)],
      ...[start('s2', 5), approve('s2', 4), fail('s2', 6)],
      ...[start('s3', 6), approve('s3', 3, '2026-01-06')],
    );
    const second = ledger('p2', 'a1', start('s1', 3), approve('s1', 7), nothingDone('s1'));
    const other = ledger('p3', 'a0', start('s1', 3), approve('s1', 1), cancelUnstarted('s1', 60));
    expect(budgetUse([first, second, other])).toEqual([
      of('a0', '2026-01-05', 0, 0, 1),
      of('a1', '2026-01-05', 2, 2, 7),
      of('a1', '2026-01-06', 1, 0, 3),
    ]);
  });
});
