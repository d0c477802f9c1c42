import { commandPlan } from '../../src/application/command-plan.ts';
import { dispatchStep } from '../../src/application/dispatch-step.ts';
import type { ActionApproved } from '../../src/application/ports/events.ts';
import type { Cycle } from '../../src/contracts/plan-cycle.ts';
import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import { introducePlan } from '../../src/local/scenario/play.ts';
import { parseScenario, type Scenario } from '../../src/local/scenario/scenario.ts';
import { seedRows } from '../../src/local/scenario/seed-rows.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { type BenchSystem, startBenchSystem, unitsBetween } from './bench-system.ts';
import { measured } from './process-cost.ts';

const TENANT = 't0';
const STEP = 'brief';
/** Actions that are carried out at the same time. */
const AT_ONCE = 20;
const WRITERS = 8;

const scenarioOf = (actions: number): Scenario => {
  const start = new Date();
  const numbers = Array.from({ length: actions }, (_, index) => index);
  return parseScenario({
    start: start.toISOString(),
    until: new Date(start.getTime() + 60 * 86_400_000).toISOString(),
    tenants: [{ tenantId: TENANT }],
    plans: numbers.map((plan) => ({
      ...{ plan_id: `plan-${plan}`, tenant_id: TENANT, account_id: `a${plan}`, plan_type: 'RENEWAL_DEFENSE' },
      ...{ objective: 'Secure the renewal before day -30', plan_status: 'ACTIVE' },
      // A second step, so that the outcome of the first one does not end the plan.
      steps: [
        { step_id: STEP, action_type: 'PREP_RENEWAL_BRIEF' },
        { step_id: 'next', action_type: 'PREP_RENEWAL_BRIEF', dependencies: [STEP] },
      ],
    })),
  });
};

type ScenarioPlan = Scenario['plans'][number];

/** A plan whose first step is dispatched and approved, and of which no execution has heard yet. */
const approve = async (runtime: Runtime, plan: ScenarioPlan): Promise<ActionApproved> => {
  const { plan_id, tenant_id, account_id } = plan;
  await introducePlan(runtime, plan);
  const now = runtime.clock.now().toISOString();
  const cycle: Cycle = {
    ...{ cycle_id: 'bench', opened_at: now, as_of: null, dry_run: false, force: false, tenant_ids: null },
    ...{ plans: null, max_plans_per_run: 1, max_concurrency: 1, fencing_token: null },
  };
  const item = {
    tenant_id,
    account_id,
    plan_id,
    list: 'LIVE',
    advance_when_active: false,
    error: null,
  } as const;
  await dispatchStep(runtime, { cycle, plan: item, step_id: STEP });
  await commandPlan(runtime, { key: plan, by: 'bench', command: { do: 'approve_intent', step_id: STEP } });
  const approval = { approval_source: 'HUMAN', auto_executed: false } as const;
  return { tenant_id, account_id, action_intent_id: actionIntentId(plan_id, STEP, 1), ...approval };
};

const approveAll = async (runtime: Runtime, plans: readonly ScenarioPlan[]): Promise<ActionApproved[]> => {
  const approved: ActionApproved[] = [];
  let next = 0;
  const writer = async () => {
    for (let plan = plans[next++]; plan; plan = plans[next++]) approved.push(await approve(runtime, plan));
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return approved;
};

/** Publishes approvals, and waits for the executions that they start. */
const carryOut = async (
  { system, eventBusName }: BenchSystem,
  ended: Set<() => void>,
  events: readonly ActionApproved[],
): Promise<void> => {
  let left = events.length;
  const all = new Promise<void>((resolve) => {
    ended.clear();
    ended.add(() => {
      left -= 1;
      if (left === 0) resolve();
    });
  });
  const Entries = events.map((data) => ({
    ...{ EventBusName: eventBusName, Source: 'cc-native', DetailType: 'ACTION_APPROVED' },
    Detail: JSON.stringify({ data }),
  }));
  await system.bus.putEvents({ Entries });
  await all;
};

const perAction = (amount: number, actions: number): number => Math.round((amount / actions) * 100) / 100;

/** Carries out approved actions, from their event to the plan that knows of the outcome, by the internal adapter behind the gateway. */
export const actionSpine = async (actions: number) => {
  const ended = new Set<() => void>();
  const bench = await startBenchSystem({
    ...{ clock: systemClock, maxPlansPerRun: 10 },
    onEnded: () => {
      for (const tell of ended) tell();
    },
  });
  const scenario = scenarioOf(actions);
  await seedRows(bench.documentClient, bench.tables, scenario, scenario.start);
  const approved = await approveAll(bench.quietRuntime, scenario.plans);
  const before = bench.system.units();
  const cost = await measured(bench.databasePid, async () => {
    for (let from = 0; from < approved.length; from += AT_ONCE)
      await carryOut(bench, ended, approved.slice(from, from + AT_ONCE));
  });
  const units = unitsBetween(before, bench.system.units());
  const { plans } = await bench.quietRuntime.plans.getMany(scenario.plans);
  const done = plans.filter(({ steps }) => steps[0]?.status === 'DONE').length;
  await bench.stop();
  return {
    ...{ actions, done, ...cost },
    actions_per_s: actions / cost.wall_s,
    cpu_ms_per_action: perAction(cost.cpu_ms, actions),
    wru_per_action: perAction(units.wru, actions),
    rru_per_action: perAction(units.rru, actions),
    state_transitions_per_action: perAction(units.state_transitions, actions),
    lambda_invocations_per_action: perAction(units.lambda_invocations, actions),
    put_events_per_action: perAction(units.put_events, actions),
  };
};
