import { describe, expect, test } from '@jest/globals';
import { readScenario } from '../../../src/local/scenario/scenario.ts';
import { play } from './play-scenario.ts';
import { brief, command, DAY, fateOf, meeting, minute, plan, scenario, story } from './small-scenarios.ts';

const busy = scenario(
  [
    ...['a', 'b', 'c'].map((id) => plan(`p-${id}`, { account_id: id, steps: [brief('s1'), brief('s2')] })),
    plan('blocked', { account_id: 'a' }),
    plan('waiting', { steps: [meeting('s1')], expires_at: minute(180) }),
  ],
  {
    until: minute(DAY),
    outcomes: [{ plan_id: 'p-a', attempt: 1, result: 'FAILED' }],
    commands: [command(15, 'pause', 'p-b'), command(15, 'resume', 'p-b')],
  },
);

describe('the same scenario', () => {
  test('with the same seed gives the same bytes', async () => {
    const [first, second] = [await play(busy, 7), await play(busy, 7)];
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  });

  test('with another seed takes another course, and breaks no invariant', async () => {
    const contenders = ['a', 'b', 'c', 'd'].map((id) => plan(id, { account_id: 'shared' }));
    const winners: (string | undefined)[] = [];
    for (const seed of [0, 1, 2, 4_294_967_295]) {
      const { plans } = await play(scenario(contenders, { until: minute(1) }), seed);
      winners.push(plans.find(({ plan_status }) => plan_status === 'ACTIVE')?.plan_id);
    }
    expect(winners).not.toContain(undefined);
    expect(new Set(winners).size).toBeGreaterThan(1);
  });
});

describe('a simulation', () => {
  test('begins plans in DRAFT, APPROVED and ACTIVE by commands, so that their ledgers are whole', async () => {
    const statuses = ['DRAFT', 'APPROVED', 'ACTIVE'];
    const report = await play(
      scenario(
        statuses.map((plan_status) => plan(plan_status.toLowerCase(), { plan_status })),
        {
          autonomy: [],
        },
      ),
    );
    const begins = statuses.map((status) => {
      const entries = report.ledger[status.toLowerCase()] ?? [];
      return entries.slice(0, 3).map(({ event_type, actor }) => `${event_type} by ${actor.kind}`);
    });
    const [draft, approved] = ['PLAN_CREATED by human', 'PLAN_APPROVED by human'];
    const activated = 'PLAN_ACTIVATED by system';
    expect(begins).toEqual([
      [draft, 'PLAN_EXPIRED by system'],
      [draft, approved, activated],
      [draft, approved, activated],
    ]);
    expect(report.cycles[0]).toMatchObject({ activated: 1, stepsStarted: 2 });
    expect(report.ledger.active?.map(({ seq }) => seq)).toEqual(
      report.ledger.active?.map((_, index) => index + 1),
    );
  });

  test('says of a plan that cannot start as it should what was refused, and why', async () => {
    const account_id = 'shared';
    const active = { account_id, plan_status: 'ACTIVE', expires_at: minute(60) };
    const disorderly = { steps: [brief('s1', { sequence: 1 }), meeting('s2', { sequence: 2 })] };
    const report = await play(
      scenario([
        plan('first', { ...active, steps: [meeting('s1')] }),
        plan('second', active),
        plan('disorderly', { ...disorderly, expires_at: minute(60) }),
      ]),
    );
    expect(
      report.refused.map(({ do: what, plan_id, code, reasons }) => [what, plan_id, code, reasons[0]?.code]),
    ).toEqual([
      ['activate_plan', 'second', 'POLICY', 'CONFLICT_ACTIVE_PLAN'],
      ['approve_plan', 'disorderly', 'POLICY', 'STEP_ORDER_VIOLATION'],
    ]);
    expect(story(report, 'disorderly')).toEqual(['60 PLAN_EXPIRED']);
  });

  test('stops once nothing can change any more, and tells what completed after the last cycle', async () => {
    const report = await play(scenario([plan('p1')]));
    expect(report.cycles).toEqual([
      expect.objectContaining({ at: minute(0), activated: 1, stepsStarted: 1, completed: 0 }),
      expect.objectContaining({ at: minute(15), tenants: 0, completed: 1 }),
    ]);
  });

  test('stops at `until`, with whatever is not at its end by then', async () => {
    const report = await play(scenario([plan('p1')], { until: minute(4) }));
    expect(fateOf(report, 'p1')).toEqual(['ACTIVE', 's1 AUTO_EXECUTED 1']);
    expect(report.cycles).toHaveLength(1);
  });

  test('passes over weeks in which there is nothing to do', async () => {
    const report = await play(scenario([plan('p1', { steps: [meeting('s1')] })]));
    expect(report.cycles.map(({ at }) => at)).toEqual([0, 5.25, 7, 30].map((days) => minute(days * DAY)));
    expect(report.cycles[3]).toMatchObject({ expired: 1 });
  });

  test('without plans is one cycle in which nothing happens', async () => {
    const report = await play(scenario([]));
    expect(report).toMatchObject({ plans: [], ledger: {}, refused: [], violations: [] });
    expect(report.cycles).toEqual([
      { at: minute(0), tenants: 0, activated: 0, stepsStarted: 0, completed: 0, expired: 0, failed: 0 },
    ]);
  });

  test('refuses a command to a plan that the scenario does not have', async () => {
    const report = await play(scenario([], { commands: [command(1, 'pause', 'unheard-of')] }));
    expect(report.refused).toMatchObject([{ plan_id: 'unheard-of', code: 'PLAN_NOT_FOUND', at: minute(1) }]);
  });

  test('counts what it is billed for: an idle cycle reads its tenants and the shards, and writes its lease', async () => {
    const idle = await play(scenario([]));
    expect(idle.units).toMatchObject({ lambda_invocations: 3, wru: 2, put_events: 0 });
    const one = await play(scenario([plan('p1')]));
    // The approval, and the signal of what came of it.
    expect(one.units.put_events).toBe(2);
    expect(one.units.wru).toBeGreaterThan(idle.units.wru);
    expect(one.units.rru).toBeGreaterThan(idle.units.rru);
  });
});

describe('the scenarios that come with the project', () => {
  test.each(['renewal-season', 'first-plan', 'people-and-failures'])(
    '%s breaks no invariant',
    async (name) => {
      const report = await play(readScenario(`examples/${name}.json`));
      expect(report.refused).toEqual([]);
      expect(report.cycles.every(({ failed }) => failed === 0)).toBe(true);
    },
  );
});
