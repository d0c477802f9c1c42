import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SimulationReport } from '../../../src/local/scenario/report.ts';
import { play } from './play-scenario.ts';
import { brief, command, DAY, meeting, minute, plan, scenario } from './small-scenarios.ts';

/** A failing run prints its seed and path; both can be given to `fc.assert` to see it again. */
const RUNS = Number(process.env.SCENARIOS ?? 24);
const STEPS = ['s1', 's2', 's3'];
const PLAN_IDS = ['p1', 'p2', 'p3', 'p4'];

const anyStep = (step_id: string, earlier: readonly string[]) =>
  fc
    .record({
      make: fc.constantFrom(brief, brief, brief, meeting),
      dependencies: fc.subarray([...earlier]),
    })
    .map(({ make, dependencies }) => make(step_id, { dependencies }));

const anySteps = fc
  .integer({ min: 0, max: STEPS.length })
  .chain((count) =>
    fc.tuple(...STEPS.slice(0, count).map((id, index) => anyStep(id, STEPS.slice(0, index)))),
  );

const anyPlan = (plan_id: string) =>
  fc
    .record({
      account_id: fc.constantFrom('a', 'b', 'c'),
      plan_status: fc.constantFrom('DRAFT', 'APPROVED', 'APPROVED', 'ACTIVE'),
      expires_at: fc.integer({ min: 5, max: 3 * DAY }).map(minute),
      steps: anySteps,
    })
    .map((fields) => plan(plan_id, fields));

const anyOutcome = fc.record(
  {
    plan_id: fc.constantFrom(...PLAN_IDS),
    step_id: fc.constantFrom(...STEPS),
    attempt: fc.integer({ min: 1, max: 3 }),
    result: fc.constantFrom('SUCCEEDED', 'FAILED', 'TRANSIENT_THEN_SUCCEEDED', 'LOST'),
    after_minutes: fc.constantFrom(0, 1, 5, 50, 58),
  },
  { requiredKeys: ['result'] },
);

const anyCommand = fc
  .record({
    at: fc.integer({ min: 0, max: DAY }),
    what: fc.constantFrom('approve_plan', 'pause', 'resume', 'abort'),
    plan_id: fc.constantFrom(...PLAN_IDS),
  })
  .map(({ at, what, plan_id }) => command(at, what, plan_id));

const anyStepCommand = fc
  .record({
    at: fc.integer({ min: 0, max: DAY }),
    what: fc.constantFrom('skip_step', 'grant_attempt', 'approve_intent', 'reject_intent'),
    plan_id: fc.constantFrom(...PLAN_IDS),
    step_id: fc.constantFrom(...STEPS),
  })
  .map(({ at, what, plan_id, step_id }) => command(at, what, plan_id, { step_id }));

const anyScenario = fc
  .record({
    plans: fc
      .integer({ min: 1, max: 4 })
      .chain((count) => fc.tuple(...PLAN_IDS.slice(0, count).map(anyPlan))),
    outcomes: fc.array(anyOutcome, { maxLength: 4 }),
    commands: fc.array(fc.oneof(anyCommand, anyStepCommand), { maxLength: 8 }),
    max_plans_per_run: fc.integer({ min: 1, max: 3 }),
    cycle_minutes: fc.constantFrom(30, 60, 120),
  })
  .map(({ plans, ...more }) => scenario(plans, more));

const completedIn = ({ cycles }: SimulationReport): number =>
  cycles.reduce((sum, { completed }) => sum + completed, 0);

const expiredIn = ({ cycles }: SimulationReport): number =>
  cycles.reduce((sum, { expired }) => sum + expired, 0);

/** Every plan expires within days and every scenario takes weeks, so that in the end none is left. */
test('any scenario breaks no invariant, brings every plan to an end, and counts it once', async () => {
  await fc.assert(
    fc.asyncProperty(anyScenario, fc.constantFrom(0, 1, 2), async (fields, seed) => {
      const report = await play(fields, seed);
      const ended = (status: string) =>
        report.plans.filter(({ plan_status }) => plan_status === status).length;
      expect(ended('COMPLETED') + ended('EXPIRED') + ended('ABORTED')).toBe(report.plans.length);
      expect(completedIn(report)).toBe(ended('COMPLETED'));
      expect(expiredIn(report)).toBeLessThanOrEqual(ended('EXPIRED'));
      expect(report.cycles.every(({ failed }) => failed === 0)).toBe(true);
    }),
    { numRuns: RUNS, seed: 20_260_105 },
  );
}, 120_000);
