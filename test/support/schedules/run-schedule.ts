import {
  ALLOWLIST_SK,
  activeLockSk,
  autonomySk,
  BUDGET_CONFIG_SK,
  budgetStateSk,
  planPk,
  scopePk,
  tenantPk,
} from '../../../src/adapters/dynamodb/keys.ts';
import type { PlanCommit, PlanKey } from '../../../src/application/ports/plans.ts';
import type { PlanCycleInput } from '../../../src/contracts/plan-cycle.ts';
import { isTerminal } from '../../../src/domain/plan/plan.ts';
import { registryRows } from './actions.ts';
import { finalViolations } from './final-violations.ts';
import { firstCommits, TENANTS } from './new-plans.ts';
import { Play } from './play.ts';
import { allowAgain } from './policy-changes.ts';
import type { Schedule, ScheduledCycle } from './random-schedule.ts';
import { CYCLE_SECONDS, type Rig } from './rig.ts';
import { isAtRest } from './settled.ts';
import { Watch } from './watch.ts';
import type { PlanRows, WatchedKey } from './watched-plan.ts';

const [START, LATE_START] = ['2026-01-05T09:00:00.000Z', '2026-01-05T23:57:00.000Z'];

const DAYS = ['2026-01-05', '2026-01-06'];

/** What is the same for all schedules on a rig: the tenants, and what may run by itself. */
export const prepareRig = ({ raw, names }: Rig): Promise<void> =>
  raw.put({
    [names.TENANTS_TABLE_NAME]: TENANTS.map((tenantId) => ({ tenantId, status: 'active' })),
    [names.ACTION_TYPE_REGISTRY_TABLE_NAME]: registryRows(),
    [names.AUTONOMY_CONFIG_TABLE_NAME]: TENANTS.flatMap((tenant) => [
      { pk: tenantPk(tenant), sk: ALLOWLIST_SK, action_types: ['PREP_RENEWAL_BRIEF'] },
      { pk: tenantPk(tenant), sk: autonomySk('PREP_RENEWAL_BRIEF'), mode: 'AUTO_EXECUTE' },
    ]),
  });

const watchedKey = ({ plan }: PlanCommit): WatchedKey => {
  const { tenant_id, account_id, plan_id, plan_type, steps } = plan;
  return { tenant_id, account_id, plan_id, plan_type, steps: steps.map(({ step_id }) => step_id) };
};

const begin = async (
  { raw, names, runtime }: Rig,
  schedule: Schedule,
  commits: readonly PlanCommit[],
): Promise<void> => {
  const scopes = [...new Set(commits.map(({ plan }) => scopePk(plan)))];
  const budget = { sk: BUDGET_CONFIG_SK, max_autonomous_per_day: schedule.budget };
  const ofTenants = { sk: BUDGET_CONFIG_SK, max_autonomous_per_day: schedule.tenantBudget };
  await raw.put({
    [names.AUTONOMY_BUDGET_STATE_TABLE_NAME]: [
      ...scopes.map((pk) => ({ pk, ...budget })),
      ...TENANTS.map((tenant) => ({ pk: tenantPk(tenant), ...ofTenants })),
    ],
  });
  for (const commit of commits) await runtime.plans.commitIfUnchanged(commit);
};

const LEASE = { pk: 'LEASE#PLAN_CYCLE', sk: 'LEASE' };

/** Nothing of a schedule is found by the cycles of the next one. */
const clear = async ({ raw, names }: Rig, keys: readonly WatchedKey[]): Promise<void> => {
  const locks = new Map(
    keys.map((key) => [scopePk(key), { pk: scopePk(key), sk: activeLockSk(key.plan_type) }]),
  );
  const plans = keys.map((key: PlanKey) => ({ pk: scopePk(key), sk: planPk(key.plan_id) }));
  await raw.remove({
    [names.REVENUE_PLANS_TABLE_NAME]: [...plans, ...locks.values()],
    [names.CYCLE_LEASE_TABLE_NAME]: [LEASE],
    // What other days have taken only leaves later schedules less.
    [names.AUTONOMY_BUDGET_STATE_TABLE_NAME]: TENANTS.flatMap((tenant) =>
      DAYS.map((day) => ({ pk: tenantPk(tenant), sk: budgetStateSk(day) })),
    ),
  });
};

const inputOf = (kind: ScheduledCycle['kind'], [first]: readonly WatchedKey[]): PlanCycleInput => {
  if (kind === 'SCHEDULED' || !first) return {};
  return kind === 'ONE_TENANT'
    ? { tenant_ids: [first.tenant_id] }
    : { plan_ids: [first.plan_id], force: true };
};

/** Those for which the orchestrator can do something; when there are none, those that wait for a person, until they no longer may. */
const nextToLookAt = ({ plans }: Watch): PlanRows[] => {
  const restless = [...plans.values()].filter((rows) => !isAtRest(rows, plans));
  return restless.length > 0 ? restless : [...plans.values()];
};

/** Moves to the instant at which a plan is next to be looked at; undefined when none ever is. */
const moveToNextDue = (play: Play, plans: readonly PlanRows[]): string | undefined => {
  const due = plans.flatMap(({ dueAt }) => dueAt ?? []).sort()[0];
  if (due !== undefined) play.moveTo(Date.parse(due));
  return due;
};

/** Two cycles for the same plans, while calls still go wrong. */
const roughRound = async (play: Play, keys: readonly WatchedKey[]): Promise<void> => {
  const { watch } = play;
  moveToNextDue(play, nextToLookAt(watch));
  const found = (error: unknown) => void watch.violations.push(String(error));
  for (const input of [{}, { tenant_ids: [...new Set(keys.map(({ tenant_id }) => tenant_id))] }])
    play.startCycle(input).catch(found);
  await play.run();
};

const cycleOf = async (play: Play): Promise<void> => {
  const end = play.startCycle({});
  await play.run();
  const { opened, closed } = await end;
  if (!opened || !closed) play.watch.violations.push('a cycle without faults did not open or close');
};

/** Most cycles in which a plan may be due before it is at rest, when nothing goes wrong any more. */
const CYCLES_TO_REST = 5;
/** On top for each step: a lost attempt is looked after, published again twice, and waited for. */
const REPAIRS_PER_STEP = 6;
const MAX_CYCLES = 60;

/** Runs cycles, each when the next plan is due, until every plan is at rest; says which took too long. */
const comeToRest = async (play: Play): Promise<Map<string, number>> => {
  const looks = new Map<string, number>();
  const { watch } = play;
  for (let cycle = 0; cycle < MAX_CYCLES; cycle += 1) {
    const restless = [...watch.plans.values()].filter((rows) => !isAtRest(rows, watch.plans));
    if (restless.length === 0) return looks;
    if (moveToNextDue(play, restless) === undefined) break;
    const now = play.now().toISOString();
    for (const { plan, dueAt = '9' } of restless)
      if (dueAt <= now) looks.set(plan.plan_id, (looks.get(plan.plan_id) ?? 0) + 1);
    await cycleOf(play);
  }
  watch.violations.push(
    `plans do not come to rest: ${JSON.stringify([...watch.plans.values()].map(({ plan, dueAt }) => [plan, dueAt]))}`,
  );
  return looks;
};

const tooManyLooks = (
  looks: Map<string, number>,
  keys: readonly WatchedKey[],
  { maxPlansPerRun }: Schedule,
): string[] =>
  keys.flatMap(({ plan_id, steps }) => {
    const share = Math.ceil(keys.length / maxPlansPerRun);
    const most = share * (CYCLES_TO_REST + REPAIRS_PER_STEP * steps.length);
    const taken = looks.get(plan_id) ?? 0;
    return taken > most
      ? [`plan ${plan_id} was due in ${taken} cycles before it came to rest (${most})`]
      : [];
  });

/** At the end of their time all plans expire, whatever state they are in. */
const expireAll = async (play: Play, keys: readonly WatchedKey[]): Promise<void> => {
  const { watch } = play;
  play.moveTo(Math.max(...[...watch.plans.values()].map(({ plan }) => Date.parse(plan.expires_at))));
  for (const _ of keys) await cycleOf(play);
  await comeToRest(play);
  for (const { plan } of watch.plans.values())
    if (!isTerminal(plan.plan_status))
      watch.violations.push(`plan ${plan.plan_id} is ${plan.plan_status} after its expiry`);
};

/** The due index lists a plan until it has ended, and no longer. */
const dueViolations = ({ plans }: Watch): string[] =>
  [...plans.values()].flatMap(({ plan: { plan_id, plan_status }, dueAt }) =>
    isTerminal(plan_status) === (dueAt === undefined)
      ? []
      : [`plan ${plan_id} is ${plan_status} and due at ${dueAt ?? 'no time'}`],
  );

const EXPIRES_EVERY = 8;

export interface ScheduleEnd {
  readonly violations: readonly string[];
  /** What has gone wrong, and which states were entered while it did. */
  readonly happened: ReadonlySet<string>;
  /** In how many cycles each plan was due until it was at rest, once nothing went wrong any more. */
  readonly looks: ReadonlyMap<string, number>;
}

/** Plays a schedule to its end, faults first and clean cycles afterwards; tells everything that was found wrong. */
export const runSchedule = async (rig: Rig, run: string, schedule: Schedule): Promise<ScheduleEnd> => {
  const start = schedule.late ? LATE_START : START;
  const commits = firstCommits(run, start, schedule);
  await begin(rig, schedule, commits);
  const keys = commits.map(watchedKey);
  const watch = new Watch(rig.raw, rig.names, keys);
  const play = new Play(rig, schedule, { run, start, keys, watch });
  rig.outside = play;
  for (const { plan, entries } of commits) await watch.created(plan.plan_id, entries);
  const found = (error: unknown) => void watch.violations.push(String(error));
  for (const { kind, after } of schedule.cycles) play.startCycle(inputOf(kind, keys), after).catch(found);
  for (const command of schedule.commands) play.command(command).catch(found);
  for (const change of schedule.changes) play.change(change).catch(found);
  await play.run();
  for (let round = 0; round < schedule.rounds; round += 1) await roughRound(play, keys);
  for (const { entries } of watch.plans.values())
    for (const { event_type } of entries) play.happened.add(event_type);
  play.calm = true;
  for (const tenant of TENANTS) watch.switches.released(tenant);
  await allowAgain(rig, keys);
  play.turns.inOrder = true;
  play.moveTo(play.now().getTime() + 2 * CYCLE_SECONDS * 1000);
  await play.run();
  const looks = await comeToRest(play);
  watch.violations.push(...tooManyLooks(looks, keys, schedule));
  if (schedule.seed % EXPIRES_EVERY === 0) await expireAll(play, keys);
  watch.violations.push(...dueViolations(watch));
  const violations = [...watch.violations, ...(await finalViolations(rig, watch, keys))];
  await clear(rig, keys);
  return { violations, happened: play.happened, looks };
};
