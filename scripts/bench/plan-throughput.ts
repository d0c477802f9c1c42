import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../src/application/clock.ts';
import type { ToolGateway } from '../../src/application/ports/tools.ts';
import { introducePlan } from '../../src/local/scenario/play.ts';
import { parseScenario, type Scenario } from '../../src/local/scenario/scenario.ts';
import { seedConnectors, seedRows } from '../../src/local/scenario/seed-rows.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { startBenchSystem, unitsBetween } from './bench-system.ts';
import { measured } from './process-cost.ts';

const STEPS = 3;
const PLANS_PER_TENANT = 50;
/** One step in so many fails at its first attempt. */
const FAILING = 10;
/** The clock goes this far forward after each cycle, so that waiting for a second attempt costs nothing here. */
const BEAT_MS = 60_000;
const PAUSE_MS = 20;

const scenarioOf = (plans: number): Scenario => {
  const tenants = Math.max(1, Math.round(plans / PLANS_PER_TENANT));
  const tenantOf = (plan: number) => `t${plan % tenants}`;
  const numbers = Array.from({ length: plans }, (_, index) => index);
  const start = new Date();
  return parseScenario({
    start: start.toISOString(),
    until: new Date(start.getTime() + 60 * 86_400_000).toISOString(),
    tenants: Array.from({ length: tenants }, (_, index) => ({ tenantId: `t${index}` })),
    autonomy: numbers.map((plan) => ({
      tenant_id: tenantOf(plan),
      account_id: `a${plan}`,
      allowlist: ['PREP_RENEWAL_BRIEF'],
      modes: { PREP_RENEWAL_BRIEF: 'AUTO_EXECUTE' },
      budget: { max_autonomous_per_day: 100 },
    })),
    plans: numbers.map((plan) => ({
      ...{
        plan_id: `plan-${plan}`,
        tenant_id: tenantOf(plan),
        account_id: `a${plan}`,
        plan_type: 'RENEWAL_DEFENSE',
      },
      ...{ objective: 'Secure the renewal before day -30', plan_status: 'APPROVED' },
      steps: Array.from({ length: STEPS }, (_, step) => ({
        ...{ step_id: `step-${step}`, action_type: 'PREP_RENEWAL_BRIEF', sequence: step },
        dependencies: step === 0 ? [] : [`step-${step - 1}`],
      })),
    })),
  });
};

const failsFirst = (inner: ToolGateway): ToolGateway => ({
  compensate: inner.compensate,
  async invoke(invocation) {
    const { plan_id, step_id, attempt, idempotency_key } = invocation;
    const number = Number(plan_id.slice('plan-'.length)) + Number(step_id.slice('step-'.length));
    if (attempt > 1 || number % FAILING !== 0) return inner.invoke(invocation);
    return { success: false, error_code: 'BUSY', error_class: 'DOWNSTREAM', tool_run_ref: idempotency_key };
  },
});

const perStep = (amount: number, steps: number): number => Math.round((amount / steps) * 100) / 100;

/** Takes plans of three steps, a tenth of which is retried once, from APPROVED to COMPLETED through the whole system. */
export const planThroughput = async (plans: number) => {
  let beats = 0;
  const clock: Clock = {
    now: () => new Date(Date.now() + beats * BEAT_MS),
    sleep: systemClock.sleep,
  };
  const bench = await startBenchSystem({ clock, maxPlansPerRun: PLANS_PER_TENANT, tools: failsFirst });
  const scenario = scenarioOf(plans);
  const { system, documentClient, tables, connectors } = bench;
  await seedRows(documentClient, tables, scenario, scenario.start);
  await seedConnectors(documentClient, tables, scenario, connectors);
  for (const plan of scenario.plans) await introducePlan(system.runtime, plan);
  const before = system.units();
  const unfinished = async () => {
    const { plans: rows } = await system.runtime.plans.getMany(scenario.plans);
    return rows.filter(({ plan_status }) => plan_status !== 'COMPLETED').length;
  };
  let cycles = 0;
  const cost = await measured(bench.databasePid, async () => {
    for (let left = plans; left > 0; cycles += 1) {
      const { activated, stepsStarted } = await bench.cycle();
      while (system.inProgress() > 0) await sleep(PAUSE_MS);
      beats += 1;
      if (activated + stepsStarted === 0) left = await unfinished();
    }
  });
  const units = unitsBetween(before, system.units());
  await bench.stop();
  const steps = plans * STEPS;
  return {
    ...{ plans, steps, cycles, ...cost },
    plans_per_s: plans / cost.wall_s,
    steps_per_s: steps / cost.wall_s,
    cpu_ms_per_step: perStep(cost.cpu_ms, steps),
    wru_per_step: perStep(units.wru, steps),
    rru_per_step: perStep(units.rru, steps),
    state_transitions_per_step: perStep(units.state_transitions, steps),
    lambda_invocations_per_step: perStep(units.lambda_invocations, steps),
    put_events_per_step: perStep(units.put_events, steps),
  };
};
