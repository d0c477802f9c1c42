import { testSeason } from './season.ts';
import { brief, command, DAY, meeting, plan } from './small-scenarios.ts';

const step = { step_id: 's1' };
const ASKED = [
  '0 PLAN_ACTIVATED',
  '0 STEP_STARTED s1 1',
  '0 STEP_APPROVAL_REQUIRED s1 1 ACTION_TYPE_NOT_ALLOWLISTED',
];
const STARTED = ['0 PLAN_ACTIVATED', '0 STEP_STARTED s1 1', '0 STEP_APPROVED s1 1 POLICY'];
const asking = (plan_id: string, more = {}) => plan(plan_id, { steps: [meeting('s1')], ...more });

testSeason('in a simulation, a step that needs a person', [
  {
    name: 'is carried out when somebody approves it, who may not be the plan’s creator',
    plan: asking('approved'),
    commands: [
      command(20, 'approve_intent', 'approved', { ...step, by: 'ana' }),
      command(30, 'approve_intent', 'approved', step),
      command(31, 'approve_intent', 'approved', step),
      command(32, 'approve_intent', 'approved', { ...step, by: 'carla' }),
    ],
    story: [
      ...ASKED,
      '30 STEP_APPROVED s1 1 HUMAN',
      '35 STEP_COMPLETED s1 1 SUCCEEDED',
      '35 PLAN_COMPLETED all_steps_done',
    ],
    fate: ['COMPLETED all_steps_done', 's1 DONE 1'],
    refused: ['SELF_APPROVAL', 'NOT_WAITING_FOR_APPROVAL'],
  },
  {
    name: 'is carried out as somebody has edited it, who approves it in the same act or leaves that to others',
    plan: asking('edited'),
    commands: [
      command(20, 'edit_intent', 'edited', { ...step, parameters: { subject: 'Sooner' }, by: 'carla' }),
      command(21, 'approve_intent', 'edited', { ...step, by: 'carla' }),
      command(22, 'edit_intent', 'edited', { ...step, parameters: { colour: 'red' } }),
      command(23, 'edit_intent', 'edited', { ...step, parameters: { subject: 'Later' }, approve: true }),
    ],
    story: [
      ...ASKED,
      '20 STEP_INTENT_EDITED s1 1',
      '23 STEP_INTENT_EDITED s1 1',
      '23 STEP_APPROVED s1 1 HUMAN',
      '28 STEP_COMPLETED s1 1 SUCCEEDED',
      '28 PLAN_COMPLETED all_steps_done',
    ],
    fate: ['COMPLETED all_steps_done', 's1 DONE 1'],
    refused: ['SELF_APPROVAL', 'INVALID_PARAMETERS'],
  },
  {
    name: 'fails when somebody rejects it, and pauses the plan',
    plan: asking('rejected', { expires_at: '2026-01-06T09:00:00Z' }),
    commands: [command(20, 'reject_intent', 'rejected', { ...step, reason: 'not now' })],
    story: [
      ...ASKED,
      '20 STEP_FAILED s1 1 approval_rejected',
      '20 PLAN_PAUSED s1 approval_rejected',
      `${DAY} PLAN_EXPIRED`,
    ],
    fate: ['EXPIRED', 's1 FAILED 1'],
  },
  {
    name: 'is escalated, and fails when nobody approves it in the seven days that a meeting may wait, and pauses the plan',
    plan: asking('ignored'),
    commands: [command(7 * DAY, 'approve_intent', 'ignored', step)],
    story: [
      ...ASKED,
      `${5.25 * DAY} STEP_APPROVAL_ESCALATED s1 1`,
      `${7 * DAY} STEP_FAILED s1 1 approval_expired`,
      `${7 * DAY} PLAN_PAUSED s1 approval_expired`,
      `${30 * DAY} PLAN_EXPIRED`,
    ],
    fate: ['EXPIRED', 's1 FAILED 1'],
    refused: ['PLAN_EXPIRED'],
  },
  {
    name: 'is asked for again after a rejection when a person grants another attempt',
    plan: asking('asked-again'),
    commands: [
      command(20, 'reject_intent', 'asked-again', step),
      command(21, 'grant_attempt', 'asked-again', step),
      command(22, 'resume', 'asked-again'),
      command(40, 'approve_intent', 'asked-again', step),
    ],
    story: [
      ...ASKED,
      '20 STEP_FAILED s1 1 approval_rejected',
      '20 PLAN_PAUSED s1 approval_rejected',
      '21 STEP_ATTEMPT_GRANTED s1 no reason given',
      '22 PLAN_RESUMED no reason given',
      '30 STEP_STARTED s1 2',
      '30 STEP_APPROVAL_REQUIRED s1 2 ACTION_TYPE_NOT_ALLOWLISTED',
      '40 STEP_APPROVED s1 2 HUMAN',
      '45 STEP_COMPLETED s1 2 SUCCEEDED',
      '45 PLAN_COMPLETED all_steps_done',
    ],
    fate: ['COMPLETED all_steps_done', 's1 DONE 2'],
  },
]);

testSeason('in a simulation, a person', [
  {
    name: 'pauses a plan: the outcome that arrives meanwhile is recorded, and acted on at the resumption',
    plan: plan('paused', { steps: [brief('s1'), brief('s2', { dependencies: ['s1'] })] }),
    commands: [
      command(2, 'pause', 'paused', { reason: 'wait' }),
      command(60, 'resume', 'paused', { reason: 'go' }),
    ],
    story: [
      ...STARTED,
      '2 PLAN_PAUSED wait',
      '5 STEP_COMPLETED s1 1 SUCCEEDED',
      '60 PLAN_RESUMED go',
      '60 STEP_STARTED s2 1',
      '60 STEP_APPROVED s2 1 POLICY',
      '65 STEP_COMPLETED s2 1 SUCCEEDED',
      '65 PLAN_COMPLETED all_steps_done',
    ],
    fate: ['COMPLETED all_steps_done', 's1 DONE 1', 's2 DONE 1'],
  },
  {
    name: 'pauses a plan at its last step: it completes in the cycle after the resumption and not before',
    plan: plan('paused-at-the-end'),
    commands: [
      command(2, 'pause', 'paused-at-the-end', { reason: 'wait' }),
      command(61, 'resume', 'paused-at-the-end', { reason: 'go' }),
    ],
    story: [
      ...STARTED,
      '2 PLAN_PAUSED wait',
      '5 STEP_COMPLETED s1 1 SUCCEEDED',
      '61 PLAN_RESUMED go',
      '75 PLAN_COMPLETED all_steps_done',
    ],
    fate: ['COMPLETED all_steps_done', 's1 DONE 1'],
  },
  {
    name: 'aborts a plan with a step in flight: the late outcome is recorded and changes no status',
    plan: plan('aborted'),
    commands: [
      command(2, 'abort', 'aborted', { reason: 'sold' }),
      command(3, 'abort', 'aborted'),
      command(4, 'resume', 'aborted'),
    ],
    story: [...STARTED, '2 PLAN_ABORTED sold', '5 STEP_OUTCOME_RECORDED s1 1 SUCCEEDED'],
    fate: ['ABORTED', 's1 AUTO_EXECUTED 1'],
    refused: ['INVALID_TRANSITION', 'INVALID_TRANSITION'],
  },
  {
    name: 'approves a draft, who may not be its creator; nothing happens before',
    plan: plan('draft', { plan_status: 'DRAFT' }),
    commands: [
      command(20, 'approve_plan', 'draft', { by: 'ana' }),
      command(30, 'approve_plan', 'draft'),
      command(31, 'approve_plan', 'draft'),
    ],
    story: [
      '30 PLAN_ACTIVATED',
      '30 STEP_STARTED s1 1',
      '30 STEP_APPROVED s1 1 POLICY',
      '35 STEP_COMPLETED s1 1 SUCCEEDED',
      '35 PLAN_COMPLETED all_steps_done',
    ],
    fate: ['COMPLETED all_steps_done', 's1 DONE 1'],
    refused: ['SELF_APPROVAL', 'INVALID_TRANSITION'],
  },
  {
    name: 'may not have a plan that starts APPROVED by its own creator: it stays a draft',
    plan: plan('own', { approved_by: 'ana', expires_at: '2026-01-05T10:00:00Z' }),
    story: ['60 PLAN_EXPIRED'],
    fate: ['EXPIRED', 's1 PENDING 0'],
    refused: ['SELF_APPROVAL'],
  },
  {
    name: 'is refused what does not fit, and nothing changes',
    plan: plan('refusing'),
    commands: [
      command(1, 'skip_step', 'refusing', step),
      command(1, 'grant_attempt', 'refusing', step),
      command(1, 'approve_intent', 'refusing', { step_id: 'unheard-of' }),
      command(1, 'resume', 'refusing'),
    ],
    story: [...STARTED, '5 STEP_COMPLETED s1 1 SUCCEEDED', '5 PLAN_COMPLETED all_steps_done'],
    fate: ['COMPLETED all_steps_done', 's1 DONE 1'],
    refused: ['STEP_IN_FLIGHT', 'STEP_NOT_FAILED', 'STEP_NOT_FOUND', 'INVALID_TRANSITION'],
  },
]);
