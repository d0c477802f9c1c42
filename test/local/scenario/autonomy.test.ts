import { describe, expect, test } from '@jest/globals';
import {
  autonomy,
  brief,
  command,
  DAY,
  fateOf,
  meeting,
  plan,
  play,
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
    const report = await play(scenario(plans, { autonomy: [ofTenant, ...rows] }));
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
});
