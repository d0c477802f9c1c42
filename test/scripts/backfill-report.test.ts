import { expect, test } from '@jest/globals';
import { backfillReport, type EndedExecution } from '../../scripts/cli/backfill-report.ts';

const COUNTS = { tenants: 1, activated: 0, stepsStarted: 0, completed: 0, expired: 0, failed: 0 };

const result = (more: object = {}): string =>
  JSON.stringify({
    ...COUNTS,
    at: '2026-01-05T09:00:00.000Z',
    dry_run: false,
    failures: [],
    plans: [],
    ...more,
  });

const plans = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    tenant_id: 'acme',
    plan_id: `p${index}`,
    effects: ['activated'],
  }));

const report = (execution: object, failStateInput?: string) => {
  const described = {
    $metadata: {},
    executionArn: 'arn',
    stateMachineArn: 'arn',
    startDate: new Date(0),
    ...execution,
  };
  return backfillReport({
    input: { plan_ids: ['p0'] },
    execution: described as EndedExecution['execution'],
    failStateInput,
  });
};

test('lists that the machine may have cut are said to be cut, and nothing is concluded from them', () => {
  const whole = report({ status: 'SUCCEEDED', output: result({ plans: plans(299).slice(1) }) });
  expect(whole.text).toMatch(/^Not looked at, since they are not due: p0$/m);
  expect(whole.text).not.toMatch('cut');
  const cut = report({ status: 'SUCCEEDED', output: result({ plans: plans(301).slice(1) }) });
  expect(cut.text).toMatch(/^The lists are cut at 300 plans and 0 failures; the counts are whole\.$/m);
  expect(cut.document).toMatchObject({ lists_cut: true, not_looked_at: [] });
});

test('a cycle that looked at nothing says so', () => {
  expect(report({ status: 'SUCCEEDED', output: result() }).text).toMatch(
    /^No plan was looked at: none is due/m,
  );
});

const failed = { tenant_id: 'acme', plan_id: null, error: 'TransientError' };
const cause = JSON.stringify({ ...COUNTS, failed: 1, failures: [failed], error: 'States.Timeout' });

test('without the history, a failed cycle tells its counts and failures from its cause', () => {
  expect(report({ status: 'FAILED', error: 'PlanCycleFailed', cause })).toMatchObject({
    exitCode: 1,
    text: 'tenants 1  activated 0  stepsStarted 0  completed 0  expired 0  failed 1',
    complaint: 'failed: tenant acme: TransientError\nfailed: the cycle stopped early: States.Timeout',
    document: { counts: { failed: 1 }, failures: [failed] },
  });
});

test('with the history, a failed cycle tells the effects on every plan', () => {
  const all = result({ failed: 1, failures: [failed], plans: plans(1) });
  const { text, document } = report({ status: 'FAILED', error: 'PlanCycleFailed', cause }, all);
  expect(text).toMatch(/^acme +p0 +activated$/m);
  expect(document).toMatchObject({ plans: plans(1), failures: [failed], lists_cut: false });
});

test.each([
  [
    {
      status: 'FAILED',
      error: 'ValidationError',
      cause: '{"errorType":"ValidationError","errorMessage":"as_of: x"}',
    },
    2,
    'ValidationError: as_of: x',
  ],
  [{ status: 'FAILED', error: 'PlanCycleFailed', cause: 'no JSON' }, 1, 'PlanCycleFailed: no JSON'],
  [{ status: 'TIMED_OUT' }, 1, 'TIMED_OUT: no cause given'],
  [{ status: 'ABORTED', error: 'Stopped', cause: 'by ben' }, 1, 'Stopped: by ben'],
])('an execution that ended as %j is told with exit code %i', (execution, exitCode, complaint) => {
  expect(report(execution)).toMatchObject({ exitCode, complaint, text: '' });
});
