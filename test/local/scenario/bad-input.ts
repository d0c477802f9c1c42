import { brief, command, minute, plan, scenario } from './small-scenarios.ts';

type Fields = Record<string, unknown>;

const [p1, p2] = [plan('p1'), plan('p2')];
const withPlan = (more: Fields) => scenario([plan('p1', more)]);
const withSteps = (...steps: Fields[]) => withPlan({ steps });
const withCommand = (more: Fields) => scenario([p1], { commands: [command(1, 'pause', 'p1', more)] });
const withOutcome = (more: Fields) => scenario([p1], { outcomes: [{ result: 'FAILED', ...more }] });
const withAutonomy = (more: Fields) => scenario([], { autonomy: [{ tenant_id: 'acme', ...more }] });
const withConfig = (what: string, more: Fields) =>
  scenario([p1], { commands: [{ at: minute(1), do: what, tenant_id: 'acme', ...more }] });
const without = (name: string) => scenario([p1], { [name]: undefined });
const long = 'x'.repeat(300);

/** Scenarios that do not fit, with the path that a message has to name and the value as it has to show it. */
export const BAD_SCENARIOS: readonly [what: string, scenario: unknown, path: string, value: string][] = [
  ['an unknown field', scenario([], { speed: 2 }), 'speed', '2'],
  [
    'an unknown field of a tenant',
    scenario([], { tenants: [{ tenantId: 'acme', id: 1 }] }),
    'tenants[0].id',
    '1',
  ],
  ['an unknown field of a plan', withPlan({ colour: 'red' }), 'plans[0].colour', '"red"'],
  ['an unknown field of a step', withSteps(brief('s1', { sort: 1 })), 'plans[0].steps[0].sort', '1'],
  ['an unknown field of an outcome', withOutcome({ when: 1 }), 'outcomes[0].when', '1'],
  ['an unknown field of a command', withCommand({ why: 'x' }), 'commands[0].why', '"x"'],
  ['a mode that there is not', withConfig('set_mode', { mode: 'YOLO' }), 'commands[0].mode', '"YOLO"'],
  [
    'a budget below zero',
    withConfig('budget', { max_autonomous_per_day: -1 }),
    'commands[0].max_autonomous_per_day',
    '-1',
  ],
  [
    'a switch of a tenant that there is not',
    withConfig('kill_switch', { tenant_id: 'beta' }),
    'commands[0].tenant_id',
    '"beta"',
  ],
  [
    'a switch of no action type',
    withConfig('kill_switch', { action_types: [] }),
    'commands[0].action_types',
    '[]',
  ],
  ['a step id where none belongs', withCommand({ step_id: 's1' }), 'commands[0].step_id', '"s1"'],
  ['an unknown field of autonomy', withAutonomy({ level: 1 }), 'autonomy[0].level', '1'],
  [
    'an unknown field of a budget',
    withAutonomy({ budget: { max_autonomous_per_day: 1, per_week: 2 } }),
    'autonomy[0].budget.per_week',
    '2',
  ],
  [
    'an unknown field of a policy',
    scenario([], { tenants: [{ tenantId: 'acme', plan_policy: { strict: true } }] }),
    'tenants[0].plan_policy.strict',
    'true',
  ],
  ['a date that is none', scenario([], { start: 'yesterday' }), 'start', '"yesterday"'],
  ['a date without a time', scenario([], { until: '2026-03-01' }), 'until', '"2026-03-01"'],
  [
    'a date without an offset',
    scenario([], { start: '2026-01-05T09:00:00' }),
    'start',
    '"2026-01-05T09:00:00"',
  ],
  [
    'a day that does not exist',
    withPlan({ expires_at: '2026-02-30T09:00:00Z' }),
    'plans[0].expires_at',
    '"2026-02-30',
  ],
  [
    'an hour that does not exist',
    withCommand({ at: '2026-01-05T25:00:00Z' }),
    'commands[0].at',
    '"2026-01-05T25',
  ],
  ['a date as a number', scenario([], { start: 0 }), 'start', '0'],
  ['an end before the start', scenario([], { until: minute(-1) }), 'until', `"${minute(-1)}"`],
  ['an end at the start', scenario([], { until: minute(0) }), 'until', `"${minute(0)}"`],
  ['no start', without('start'), 'start', 'undefined'],
  ['no tenants', scenario([], { tenants: [] }), 'tenants', '[]'],
  ['a step id twice', withSteps(brief('s1'), brief('s1')), 'plans[0].steps[1].step_id', '"s1"'],
  ['a plan id twice', scenario([p2, p1, p1]), 'plans[2].plan_id', '"p1"'],
  [
    'a tenant id twice',
    scenario([], { tenants: [{ tenantId: 'a' }, { tenantId: 'a' }] }),
    'tenants[1].tenantId',
    '"a"',
  ],
  [
    'a dependency that is no step',
    withSteps(brief('s1', { dependencies: ['s9'] })),
    'plans[0].steps[0].dependencies[0]',
    '"s9"',
  ],
  [
    'a step that depends on itself',
    withSteps(brief('s1', { dependencies: ['s1'] })),
    'plans[0].steps[0].dependencies',
    '["s1"]',
  ],
  [
    'steps in a cycle',
    withSteps(brief('s1', { dependencies: ['s2'] }), brief('s2', { dependencies: ['s1'] })),
    'plans[0].steps[1].dependencies',
    '["s1"]',
  ],
  ['an unknown plan type', withPlan({ plan_type: 'constructor' }), 'plans[0].plan_type', '"constructor"'],
  [
    'an unknown action type',
    withSteps(brief('s1', { action_type: 'SEND_GIFT' })),
    'plans[0].steps[0].action_type',
    '"SEND_GIFT"',
  ],
  [
    'a status in which no plan may start',
    withPlan({ plan_status: 'PAUSED' }),
    'plans[0].plan_status',
    '"PAUSED"',
  ],
  [
    'a plan of 400 KB',
    withPlan({ constraints: { note: 'x'.repeat(400_000) } }),
    'plans[0]',
    '{"plan_id":"p1"',
  ],
  ['an objective without end', withPlan({ objective: 'x'.repeat(2001) }), 'plans[0].objective', '"xxx'],
  ['an id with #', withPlan({ plan_id: 'p#1' }), 'plans[0].plan_id', '"p#1"'],
  ['a tenant id with #', scenario([], { tenants: [{ tenantId: 'a#b' }] }), 'tenants[0].tenantId', '"a#b"'],
  ['an account id with #', withPlan({ account_id: 'a#b' }), 'plans[0].account_id', '"a#b"'],
  ['a step id with #', withSteps(brief('s#1')), 'plans[0].steps[0].step_id', '"s#1"'],
  ['an id of nothing', withPlan({ plan_id: '' }), 'plans[0].plan_id', '""'],
  ['the id constructor', withPlan({ plan_id: 'constructor' }), 'plans[0].plan_id', '"constructor"'],
  ['an id of 300 characters', withPlan({ plan_id: long }), 'plans[0].plan_id', '"xxx'],
  ['an id that is a number', withPlan({ plan_id: 7 }), 'plans[0].plan_id', '7'],
  ['a name of 300 characters', withPlan({ created_by: long }), 'plans[0].created_by', '"xxx'],
  ['a negative number of minutes', withOutcome({ after_minutes: -1 }), 'outcomes[0].after_minutes', '-1'],
  [
    'minutes that the machine does not wait',
    withOutcome({ after_minutes: 59 }),
    'outcomes[0].after_minutes',
    '59',
  ],
  ['a number as text', withOutcome({ after_minutes: 'NaN' }), 'outcomes[0].after_minutes', '"NaN"'],
  ['an attempt before the first', withOutcome({ attempt: 0 }), 'outcomes[0].attempt', '0'],
  ['half an attempt', withOutcome({ attempt: 1.5 }), 'outcomes[0].attempt', '1.5'],
  ['an unknown result', withOutcome({ result: 'MAYBE' }), 'outcomes[0].result', '"MAYBE"'],
  ['cycles of no length', scenario([], { cycle_minutes: 0 }), 'cycle_minutes', '0'],
  ['cycles of a negative length', scenario([], { cycle_minutes: -15 }), 'cycle_minutes', '-15'],
  ['no plans a run', scenario([], { max_plans_per_run: 0 }), 'max_plans_per_run', '0'],
  ['half a plan a run', scenario([], { max_plans_per_run: 2.5 }), 'max_plans_per_run', '2.5'],
  [
    'a negative budget',
    withAutonomy({ budget: { max_autonomous_per_day: -1 } }),
    'autonomy[0].budget.max_autonomous_per_day',
    '-1',
  ],
  ['a reason without end', withCommand({ reason: 'x'.repeat(2001) }), 'commands[0].reason', '"xxx'],
  [
    'a mode of a type without end',
    withAutonomy({ modes: { [long]: 'DISABLED' } }),
    `autonomy[0].modes.${long}`,
    '"DISABLED"',
  ],
  ['an unknown mode', withAutonomy({ modes: { DEFAULT: 'YES' } }), 'autonomy[0].modes.DEFAULT', '"YES"'],
  [
    'autonomy of an account twice',
    scenario([], { autonomy: [{ tenant_id: 'acme' }, { tenant_id: 'acme' }] }),
    'autonomy[1]',
    '{"tenant_id":"acme"',
  ],
  ['a plan of an unknown tenant', withPlan({ tenant_id: 'globex' }), 'plans[0].tenant_id', '"globex"'],
  [
    'autonomy of an unknown tenant',
    withAutonomy({ tenant_id: 'globex' }),
    'autonomy[0].tenant_id',
    '"globex"',
  ],
  ['an unknown command', withCommand({ do: 'delete' }), 'commands[0].do', '"delete"'],
  [
    'undoing what is only paused',
    withCommand({ do: 'pause', compensate: true }),
    'commands[0].compensate',
    'true',
  ],
  ['a command without its step', withCommand({ do: 'skip_step' }), 'commands[0].step_id', 'undefined'],
  ['a list where an object belongs', [], 'input', '[]'],
  ['nothing', null, 'input', 'null'],
];

/** As text, for a value of JavaScript cannot show such a key in all places. */
export const SPECIAL_KEYS: readonly [what: string, text: string, path: string][] = [
  ['__proto__ at the top', '{"__proto__":{"plans":[]}}', '__proto__'],
  ['__proto__ in a plan', '{"plans":[{"__proto__":{"plan_id":"p1"}}]}', 'plans[0].__proto__'],
  [
    '__proto__ in a step’s constraints',
    '{"plans":[{"steps":[{"constraints":{"a":{"__proto__":1}}}]}]}',
    'plans[0].steps[0].constraints.a.__proto__',
  ],
  [
    '__proto__ among modes',
    '{"autonomy":[{"modes":{"__proto__":"AUTO_EXECUTE"}}]}',
    'autonomy[0].modes.__proto__',
  ],
  [
    'constructor in constraints',
    '{"plans":[{"constraints":{"constructor":1}}]}',
    'plans[0].constraints.constructor',
  ],
];
