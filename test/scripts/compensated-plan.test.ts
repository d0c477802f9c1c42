import { expect, test } from '@jest/globals';
import { plansTool } from '../../scripts/plans.ts';
import { useLocalStage } from './local-stage.ts';

const stage = useLocalStage({
  tenants: [{ tenantId: 'acme' }],
  plans: [
    {
      ...{ plan_id: 'p1', tenant_id: 'acme', account_id: 'a1', plan_type: 'RENEWAL_DEFENSE' },
      ...{ objective: 'Renew a1', plan_status: 'APPROVED', expires_at: '2031-04-01T09:00:00.000Z' },
      steps: [
        {
          ...{ step_id: 'meeting', action_type: 'REQUEST_RENEWAL_MEETING' },
          constraints: { subject: 'Renewal of a1', duration_minutes: 45 },
        },
        { step_id: 'brief', action_type: 'PREP_RENEWAL_BRIEF', dependencies: ['meeting'] },
      ],
    },
  ],
  outcomes: [{ result: 'SUCCEEDED', after_minutes: 0 }],
});

const eventsOfCrm = () => stage.world.toolWorld.crm.objects().map(({ type, Subject }) => ({ type, Subject }));

test('a meeting that a person approves is an Event in the CRM, and is gone when its plan is aborted and undone', async () => {
  await stage.cycle();
  expect(eventsOfCrm()).toEqual([]);
  expect(await stage.run(plansTool, 'approve-intent', 'p1', 'meeting', '--by', 'ben')).toMatchObject({
    code: 0,
  });
  await stage.settled();
  expect(eventsOfCrm()).toEqual([{ type: 'Event', Subject: 'Renewal of a1' }]);

  const { json } = await stage.document(plansTool, 'abort', 'p1', '--by', 'ben', '--compensate');
  expect(json).toMatchObject({
    ...{ plan_status: 'ABORTED', events: [{ event_type: 'PLAN_ABORTED', data: { compensate: true } }] },
  });
  expect(eventsOfCrm()).toHaveLength(1);
  await stage.cycle();
  expect(eventsOfCrm()).toEqual([]);
  const { stdout } = await stage.run(plansTool, 'show', 'p1');
  expect(stdout).toMatch(/STEP_COMPENSATED meeting .*result COMPLETED/);
  expect(stdout).toMatch(/^Ledger: ok/m);
});
