import { testSeason } from './season.ts';
import { brief, command, plan } from './small-scenarios.ts';

const STARTED = ['0 PLAN_ACTIVATED', '0 STEP_STARTED s1 1', '0 STEP_APPROVED s1 1 POLICY'];
const FAILED_FOR_GOOD = [
  ...STARTED,
  '5 STEP_FAILED s1 1 CRM_DOWN',
  '15 STEP_STARTED s1 2',
  '15 STEP_APPROVED s1 2 POLICY',
  '20 STEP_FAILED s1 2 CRM_DOWN',
  '30 STEP_STARTED s1 3',
  '30 STEP_APPROVED s1 3 POLICY',
  '35 STEP_FAILED s1 3 CRM_DOWN',
  '35 STEP_FAILED s1 retry_limit_exceeded',
  '35 PLAN_PAUSED s1 retry_limit_exceeded',
];
const EXPIRES_AFTER_A_MONTH = '43200 PLAN_EXPIRED';
const fails = { result: 'FAILED', error_code: 'CRM_DOWN' };
const step = { step_id: 's1' };

testSeason('in a simulation, an attempt', [
  {
    name: 'that succeeds makes way for the step that depends on it, and the last one completes the plan',
    plan: plan('happy', { steps: [brief('s2', { dependencies: ['s1'] }), brief('s1')] }),
    story: [
      ...STARTED,
      '5 STEP_COMPLETED s1 1 SUCCEEDED',
      '15 STEP_STARTED s2 1',
      '15 STEP_APPROVED s2 1 POLICY',
      '20 STEP_COMPLETED s2 1 SUCCEEDED',
      '20 PLAN_COMPLETED all_steps_done',
    ],
    fate: ['COMPLETED all_steps_done', 's2 DONE 1', 's1 DONE 1'],
  },
  {
    name: 'that fails is followed by another one',
    plan: plan('retried'),
    outcomes: [{ attempt: 1, after_minutes: 1, ...fails }],
    story: [
      ...STARTED,
      '1 STEP_FAILED s1 1 CRM_DOWN',
      '15 STEP_STARTED s1 2',
      '15 STEP_APPROVED s1 2 POLICY',
      '20 STEP_COMPLETED s1 2 SUCCEEDED',
      '20 PLAN_COMPLETED all_steps_done',
    ],
    fate: ['COMPLETED all_steps_done', 's1 DONE 2'],
  },
  {
    name: 'that fails as the third one pauses the plan until it expires',
    plan: plan('failing'),
    outcomes: [fails],
    commands: [command(40, 'resume', 'failing')],
    story: [...FAILED_FOR_GOOD, EXPIRES_AFTER_A_MONTH],
    fate: ['EXPIRED', 's1 FAILED 3'],
    refused: ['NEEDS_A_PERSON'],
  },
  {
    name: 'that a person grants beyond the limit lets a paused plan go on once it is resumed',
    plan: plan('granted'),
    outcomes: [{ attempt: 4, result: 'SUCCEEDED', after_minutes: 2 }, fails],
    commands: [
      command(40, 'grant_attempt', 'granted', { ...step, reason: 'the CRM is back' }),
      command(41, 'resume', 'granted', { reason: 'go on' }),
    ],
    story: [
      ...FAILED_FOR_GOOD,
      '40 STEP_ATTEMPT_GRANTED s1 the CRM is back',
      '41 PLAN_RESUMED go on',
      '45 STEP_STARTED s1 4',
      '45 STEP_APPROVED s1 4 POLICY',
      '47 STEP_COMPLETED s1 4 SUCCEEDED',
      '47 PLAN_COMPLETED all_steps_done',
    ],
    fate: ['COMPLETED all_steps_done', 's1 DONE 4'],
  },
  {
    name: 'that nobody wants to make again is skipped, and the plan goes on without it',
    plan: plan('skipped', { steps: [brief('s1'), brief('s2', { dependencies: ['s1'] })] }),
    outcomes: [{ ...step, ...fails }],
    commands: [
      command(40, 'skip_step', 'skipped', { ...step, reason: 'not needed' }),
      command(41, 'resume', 'skipped', { reason: 'go on' }),
    ],
    story: [
      ...FAILED_FOR_GOOD,
      '40 STEP_SKIPPED s1 not needed',
      '41 PLAN_RESUMED go on',
      '45 STEP_STARTED s2 1',
      '45 STEP_APPROVED s2 1 POLICY',
      '50 STEP_COMPLETED s2 1 SUCCEEDED',
      '50 PLAN_COMPLETED all_steps_done',
    ],
    fate: ['COMPLETED all_steps_done', 's1 SKIPPED 3', 's2 DONE 1'],
  },
  {
    name: 'is not used up by faults that pass',
    plan: plan('transient'),
    outcomes: [{ result: 'TRANSIENT_THEN_SUCCEEDED' }],
    story: [...STARTED, '5 STEP_COMPLETED s1 1 SUCCEEDED', '5 PLAN_COMPLETED all_steps_done'],
    fate: ['COMPLETED all_steps_done', 's1 DONE 1'],
  },
  {
    name: 'whose outcome never arrives is published again twice, then nobody knows and a person must look',
    plan: plan('lost'),
    outcomes: [{ result: 'LOST' }],
    story: [
      ...STARTED,
      '15 STEP_CHECK_POSTPONED s1 1',
      '75 STEP_PUBLISHED_AGAIN s1 1',
      '90 STEP_CHECK_POSTPONED s1 1',
      '150 STEP_PUBLISHED_AGAIN s1 1',
      '165 STEP_CHECK_POSTPONED s1 1',
      '225 STEP_FAILED s1 1 OUTCOME_UNKNOWN',
      '225 PLAN_PAUSED s1 OUTCOME_UNKNOWN',
      EXPIRES_AFTER_A_MONTH,
    ],
    fate: ['EXPIRED', 's1 FAILED 1'],
  },
  {
    name: 'of an unknown outcome may be followed by another one when a person says so',
    plan: plan('found'),
    outcomes: [{ attempt: 1, result: 'LOST' }],
    commands: [command(230, 'grant_attempt', 'found', step), command(231, 'resume', 'found')],
    story: [
      ...STARTED,
      '15 STEP_CHECK_POSTPONED s1 1',
      '75 STEP_PUBLISHED_AGAIN s1 1',
      '90 STEP_CHECK_POSTPONED s1 1',
      '150 STEP_PUBLISHED_AGAIN s1 1',
      '165 STEP_CHECK_POSTPONED s1 1',
      '225 STEP_FAILED s1 1 OUTCOME_UNKNOWN',
      '225 PLAN_PAUSED s1 OUTCOME_UNKNOWN',
      '230 STEP_ATTEMPT_GRANTED s1 no reason given',
      '231 PLAN_RESUMED no reason given',
      '240 STEP_STARTED s1 2',
      '240 STEP_APPROVED s1 2 POLICY',
      '245 STEP_COMPLETED s1 2 SUCCEEDED',
      '245 PLAN_COMPLETED all_steps_done',
    ],
    fate: ['COMPLETED all_steps_done', 's1 DONE 2'],
  },
]);
