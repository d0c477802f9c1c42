import { describe, expect, test } from '@jest/globals';
import { play } from './play-scenario.ts';
import {
  autonomy,
  brief,
  command,
  DAY,
  fateOf,
  meeting,
  minute,
  plan,
  scenario,
  story,
} from './small-scenarios.ts';

type Fields = Record<string, unknown>;

const TYPE = 'PREP_RENEWAL_BRIEF';
const budget = { max_autonomous_per_day: 1 };
const row = (account_id: string | undefined, more: Fields): Fields => ({
  tenant_id: 'acme',
  ...(account_id !== undefined && { account_id }),
  ...more,
});

/** Autonomy rows besides that of the tenant, and what the gate says of the brief of that account; undefined: approved. */
const CASES: readonly [
  name: string,
  account: string,
  rows: Fields[],
  reason: string | undefined,
  blocked?: true,
][] = [
  ['nothing but the tenant’s row, for it has no budget', 'nothing', [], 'BUDGET_EXCEEDED'],
  ['a budget on top of the tenant’s allowlist and mode', 'funded', [{ budget }], undefined],
  ['a budget of none', 'broke', [{ budget: { max_autonomous_per_day: 0 } }], 'BUDGET_EXCEEDED'],
  ['a mode of its own', 'own-mode', [{ budget, modes: { [TYPE]: 'APPROVAL_REQUIRED' } }], 'TENANT_POLICY'],
  ['a disabled type', 'disabled', [{ budget, modes: { [TYPE]: 'DISABLED' } }], 'ACTION_TYPE_DISABLED', true],
  ['proposals only', 'proposing', [{ budget, modes: { [TYPE]: 'PROPOSE_ONLY' } }], 'PROPOSE_ONLY'],
  [
    'a default of its own, which the tenant’s mode of that type beats',
    'own-default',
    [{ budget, modes: { DEFAULT: 'DISABLED' } }],
    undefined,
  ],
  [
    'an allowlist of its own, which replaces the tenant’s',
    'own-list',
    [{ budget, allowlist: ['ESCALATE_SUPPORT_RISK'] }],
    'ACTION_TYPE_NOT_ALLOWLISTED',
  ],
];

describe('the autonomy of a scenario', () => {
  test('is that of the account, else that of its tenant; without a budget there is none', async () => {
    const plans = CASES.map(([, account_id]) => plan(`p-${account_id}`, { account_id }));
    const rows = CASES.flatMap(([, account, fields]) => fields.map((more) => row(account, more)));
    const ofTenant = row(undefined, {
      ...{ allowlist: [TYPE], modes: { [TYPE]: 'AUTO_EXECUTE' } },
      budget: { max_autonomous_per_day: 9 },
    });
    const until = minute(5);
    const report = await play(scenario(plans, { autonomy: [ofTenant, ...rows], until }));
    const answers = CASES.map(([name, account]) => [name, story(report, `p-${account}`)[2]]);
    expect(answers).toEqual(
      CASES.map(([name, , , reason, blocked]) => [
        name,
        reason === undefined
          ? '0 STEP_APPROVED s1 1 POLICY'
          : `0 STEP_APPROVAL_${blocked ? 'BLOCKED' : 'REQUIRED'} s1 1 ${reason}`,
      ]),
    );
  });

  test('never covers a risk above LOW, whatever the rows say', async () => {
    const modes = { DEFAULT: 'AUTO_EXECUTE' };
    const allowlist = ['REQUEST_RENEWAL_MEETING', 'ESCALATE_SUPPORT_RISK'];
    const rows = ['high', 'medium'].map((id) => autonomy(id, { modes, allowlist }));
    const escalate = { step_id: 's1', action_type: 'ESCALATE_SUPPORT_RISK' };
    const plans = [
      plan('p-high', { account_id: 'high', steps: [meeting('s1')] }),
      plan('p-medium', { account_id: 'medium', steps: [escalate] }),
    ];
    const report = await play(scenario(plans, { autonomy: rows }));
    const asked = '0 STEP_APPROVAL_REQUIRED s1 1 RISK_LEVEL_HIGH';
    expect(story(report, 'p-high')[2]).toBe(asked);
    expect(story(report, 'p-medium')[2]).toBe(asked);
  });

  test('ends for the day with its budget: what is asked then needs a person, and the next day has its own', async () => {
    const steps = [brief('s1'), brief('s2', { dependencies: ['s1'] })];
    const report = await play(
      scenario(
        [
          plan('today', { account_id: 'a', plan_status: 'ACTIVE', steps }),
          plan('tomorrow', { account_id: 'a' }),
        ],
        {
          autonomy: [autonomy('a', { budget })],
          commands: [command(2 * DAY, 'approve_intent', 'today', { step_id: 's2' })],
          cycle_minutes: 720,
        },
      ),
    );
    expect(story(report, 'today').slice(3)).toEqual([
      '5 STEP_COMPLETED s1 1 SUCCEEDED',
      '720 STEP_STARTED s2 1',
      '720 STEP_APPROVAL_REQUIRED s2 1 BUDGET_EXCEEDED',
      `${2 * DAY} STEP_APPROVED s2 1 HUMAN`,
      `${2 * DAY + 5} STEP_COMPLETED s2 1 SUCCEEDED`,
      `${2 * DAY + 5} PLAN_COMPLETED all_steps_done`,
    ]);
    expect(story(report, 'tomorrow').at(-3)).toBe(`${2 * DAY + 720} STEP_APPROVED s1 1 POLICY`);
    expect(fateOf(report, 'tomorrow')).toEqual(['COMPLETED all_steps_done', 's1 DONE 1']);
  });

  const config = (minutes: number, what: string, more: Fields): Fields => ({
    ...{ at: minute(minutes), do: what, by: 'cleo', tenant_id: 'acme' },
    ...more,
  });

  test('ends with the budget that a command sets, and goes on with the one that another sets', async () => {
    const steps = [brief('s1'), brief('s2', { dependencies: ['s1'] }), brief('s3', { dependencies: ['s2'] })];
    const report = await play(
      scenario([plan('p', { account_id: 'a', plan_status: 'ACTIVE', steps })], {
        commands: [
          config(3, 'budget', { account_id: 'a', max_autonomous_per_day: 1 }),
          config(40, 'budget', {
            account_id: 'a',
            max_autonomous_per_day: 2,
            max_per_action_type: { [TYPE]: 2 },
          }),
          command(45, 'approve_intent', 'p', { step_id: 's2' }),
        ],
      }),
    );
    expect(story(report, 'p').filter((line) => line.includes('APPROV'))).toEqual([
      '0 STEP_APPROVED s1 1 POLICY',
      '15 STEP_APPROVAL_REQUIRED s2 1 BUDGET_EXCEEDED',
      '45 STEP_APPROVED s2 1 HUMAN',
      '60 STEP_APPROVED s3 1 POLICY',
    ]);
    expect(report.budgets).toEqual([
      { tenant_id: 'acme', account_id: 'a', day: '2026-01-05', taken: 2, settled: 2, max: 2 },
    ]);
  });

  test.each([
    ['a kill switch of the tenant', 'kill_switch', {}, { stopped: false }, 'KILL_SWITCH_ENABLED'],
    [
      'a kill switch of the type',
      'kill_switch',
      { action_types: [TYPE] },
      { action_types: [TYPE], stopped: false },
      'KILL_SWITCH_ENABLED',
    ],
    [
      'a kill switch of all tenants',
      'kill_switch',
      { tenant_id: undefined },
      { tenant_id: undefined, stopped: false },
      'KILL_SWITCH_ENABLED',
    ],
    [
      'a mode of the account',
      'set_mode',
      { account_id: 'a', action_type: TYPE, mode: 'DISABLED' },
      { account_id: 'a', action_type: TYPE, mode: 'AUTO_EXECUTE' },
      'ACTION_TYPE_DISABLED',
    ],
  ])('%s holds actions back until it is released', async (_what, what, off, on, reason) => {
    const steps = [brief('s1'), brief('s2', { dependencies: ['s1'] })];
    const report = await play(
      scenario([plan('p', { account_id: 'a', plan_status: 'ACTIVE', steps })], {
        commands: [config(10, what, off), config(100, what, on)],
      }),
    );
    const approvals = story(report, 'p').filter((line) => line.includes('APPROV'));
    expect(approvals).toEqual([
      '0 STEP_APPROVED s1 1 POLICY',
      ...[15, 30, 45, 75].map((minutes) => `${minutes} STEP_APPROVAL_BLOCKED s2 1 ${reason}`),
      '135 STEP_APPROVED s2 1 POLICY',
    ]);
    expect(fateOf(report, 'p')[0]).toBe('COMPLETED all_steps_done');
    expect(report.refused).toEqual([]);
  });
});
