import { testSeason } from './season.ts';
import { brief, command, meeting, minute, plan } from './small-scenarios.ts';

const STARTED = ['0 PLAN_ACTIVATED', '0 STEP_STARTED s1 1', '0 STEP_APPROVED s1 1 POLICY'];
const atOneHour = { expires_at: minute(60) };

testSeason('in a simulation, a plan expires on time', [
  {
    name: 'as a draft that nobody approves',
    plan: plan('draft', { plan_status: 'DRAFT', ...atOneHour }),
    commands: [command(60, 'approve_plan', 'draft')],
    story: ['60 PLAN_EXPIRED'],
    fate: ['EXPIRED', 's1 PENDING 0'],
    refused: ['PLAN_EXPIRED'],
  },
  {
    name: 'while it is approved and cannot be activated',
    plan: plan('second', { account_id: 'shared', ...atOneHour }),
    story: ['0 PLAN_ACTIVATION_REJECTED', '60 PLAN_EXPIRED'],
    fate: ['EXPIRED', 's1 PENDING 0'],
  },
  {
    name: 'while it is active and waits for a person',
    plan: plan('first', {
      account_id: 'shared',
      plan_status: 'ACTIVE',
      steps: [meeting('s1')],
      expires_at: minute(75),
    }),
    story: [
      '0 PLAN_ACTIVATED',
      '0 STEP_STARTED s1 1',
      '0 STEP_APPROVAL_REQUIRED s1 1 ACTION_TYPE_NOT_ALLOWLISTED',
      '60 STEP_APPROVAL_ESCALATED s1 1',
      '75 PLAN_EXPIRED',
    ],
    fate: ['EXPIRED', 's1 PENDING_APPROVAL 1'],
  },
  {
    name: 'while it is paused, and cannot be resumed any more',
    plan: plan('paused', { steps: [brief('s1'), brief('s2', { dependencies: ['s1'] })], ...atOneHour }),
    commands: [command(2, 'pause', 'paused'), command(60, 'resume', 'paused')],
    story: [
      ...STARTED,
      '2 PLAN_PAUSED no reason given',
      '5 STEP_COMPLETED s1 1 SUCCEEDED',
      '60 PLAN_EXPIRED',
    ],
    fate: ['EXPIRED', 's1 DONE 1', 's2 PENDING 0'],
    refused: ['PLAN_EXPIRED'],
  },
  {
    name: 'with a step in flight, whose late outcome is recorded and changes no status',
    plan: plan('in-flight', { expires_at: minute(15) }),
    outcomes: [{ result: 'SUCCEEDED', after_minutes: 20 }],
    story: [...STARTED, '15 PLAN_EXPIRED', '20 STEP_OUTCOME_RECORDED s1 1 SUCCEEDED'],
    fate: ['EXPIRED', 's1 AUTO_EXECUTED 1'],
  },
  {
    name: 'when an outcome finds it expired between two cycles',
    plan: plan('between', { expires_at: minute(8) }),
    outcomes: [{ result: 'SUCCEEDED', after_minutes: 10 }],
    story: [...STARTED, '10 STEP_COMPLETED s1 1 SUCCEEDED', '10 PLAN_EXPIRED'],
    fate: ['EXPIRED', 's1 DONE 1'],
  },
  {
    name: 'although no date was given, thirty days after its creation',
    plan: plan('undated', { steps: [] }),
    story: ['0 PLAN_ACTIVATED', '43200 PLAN_EXPIRED'],
    fate: ['EXPIRED'],
  },
]);
