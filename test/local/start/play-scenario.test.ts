import { describe, expect, test } from '@jest/globals';
import type { TableNames } from '../../../src/adapters/dynamodb/table-names.ts';
import { parseScenario } from '../../../src/local/scenario/scenario.ts';
import type { Connectors } from '../../../src/local/scenario/seed-rows.ts';
import {
  giveCommands,
  introduceScenario,
  type ScenarioPlay,
} from '../../../src/local/start/play-scenario.ts';
import type { LocalState } from '../../../src/local/start/state-file.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import { useWorld } from '../../support/world.ts';
import { command, minute, plan, scenario } from '../scenario/small-scenarios.ts';

const world = useWorld();

const PLANS = ['DRAFT', 'APPROVED', 'ACTIVE'].map((plan_status) =>
  plan(plan_status.toLowerCase(), { plan_status, expires_at: minute(100_000) }),
);
const NEW: LocalState = {
  ...{ scenario: 'a.json', now: minute(0), shift_ms: 0, introduced: false, commands_given: 0 },
};

/** A play of the three plans, what it printed, and the state it saved last. */
const newPlay = (
  more: { runtime?: Runtime; commands?: object[]; state?: LocalState; connectors?: Connectors } = {},
) => {
  const printed: string[] = [];
  const stopping = new AbortController();
  let state = more.state ?? NEW;
  const play: ScenarioPlay = {
    runtime: more.runtime ?? world.runtime,
    documentClient: world.tables.documentClient,
    tables: world.names as TableNames,
    connectors: more.connectors ?? {},
    scenario: parseScenario(scenario(PLANS, { commands: more.commands ?? [] })),
    signal: stopping.signal,
    state: () => state,
    save: (change) => {
      state = { ...state, ...change };
    },
    print: (line) => void printed.push(line),
  };
  return { play, printed, stopping };
};

/** A runtime whose process dies when it is about to make the commit after so many. */
const dyingAfter = (commits: number): Runtime => {
  let left = commits;
  const commitIfUnchanged: Runtime['plans']['commitIfUnchanged'] = (commit) => {
    left -= 1;
    return left < 0 ? Promise.reject(new Error('crash')) : world.runtime.plans.commitIfUnchanged(commit);
  };
  const plans = { ...world.runtime.plans, commitIfUnchanged };
  return Object.create(world.runtime, { plans: { value: plans } });
};

/** An instance of the clock of the play at which it has waited for a command. */
const waiting = (onSleep: (milliseconds: number) => void): Runtime => {
  const clock = { now: world.clock.now, sleep: async (milliseconds: number) => onSleep(milliseconds) };
  return Object.create(world.runtime, { clock: { value: clock } });
};

const statuses = async (): Promise<string[]> => {
  const rows = await world.rows('REVENUE_PLANS_TABLE_NAME');
  const plans = rows.filter(({ plan_status }) => plan_status !== undefined);
  return plans.map(({ plan_id, plan_status }) => `${plan_id} ${plan_status}`).sort();
};

const ALL = ['active ACTIVE', 'approved APPROVED', 'draft DRAFT'];

describe('the plans of a scenario', () => {
  test('are brought in once', async () => {
    const { play, printed } = newPlay();
    await introduceScenario(play);
    expect(await statuses()).toEqual(ALL);
    expect(play.state().introduced).toBe(true);
    const before = await world.everything();
    await introduceScenario(play);
    expect(await world.everything()).toEqual(before);
    expect(printed).toEqual([]);
  });

  test.each([0, 1, 2, 3, 4, 5])(
    'get to where they start in spite of a crash after %i commits',
    async (commits) => {
      const first = newPlay({ runtime: dyingAfter(commits) });
      await expect(introduceScenario(first.play)).rejects.toThrow('crash');
      expect(first.play.state().introduced).toBe(false);
      const second = newPlay();
      await introduceScenario(second.play);
      expect(await statuses()).toEqual(ALL);
      expect(second.printed).toEqual([]);
    },
  );
});

test('a start tells every tenant where the systems are that tools act on, since they have other addresses every time', async () => {
  const at = (port: number) => ({ crm: { login_url: `http://127.0.0.1:${port}`, secret_id: 'local/crm' } });
  for (const port of [1001, 1002]) await introduceScenario(newPlay({ connectors: at(port) }).play);
  expect(await world.rows('CONNECTOR_CONFIG_TABLE_NAME')).toEqual([
    { pk: 'TENANT#acme', sk: 'CONNECTOR#crm', login_url: 'http://127.0.0.1:1002', secret_id: 'local/crm' },
  ]);
});

describe('the commands of a scenario', () => {
  const commands = [
    command(20, 'pause', 'active', { reason: 'second' }),
    command(10, 'approve_plan', 'draft'),
    command(20, 'resume', 'active', { reason: 'third' }),
    command(30, 'resume', 'active'),
  ];

  test('are given in the order of their instants, each at its own; what is refused is told', async () => {
    const naps: number[] = [];
    world.clock.set(minute(5));
    const { play, printed } = newPlay({ commands, runtime: waiting((nap) => void naps.push(nap / 60_000)) });
    await introduceScenario(play);
    await giveCommands(play);
    expect(naps).toEqual([5, 15, 15, 25]);
    expect(await statuses()).toEqual(['active ACTIVE', 'approved APPROVED', 'draft APPROVED']);
    expect(printed).toEqual([
      '  refused: resume active by cleo: plan active is ACTIVE and cannot become ACTIVE',
    ]);
    expect(play.state().commands_given).toBe(4);
  });

  test('go on after those that an earlier start has given', async () => {
    await introduceScenario(newPlay().play);
    const state = { ...NEW, introduced: true, commands_given: 1 };
    const { play } = newPlay({ commands: commands.slice(0, 2), state, runtime: waiting(() => {}) });
    await giveCommands(play);
    expect(await statuses()).toEqual(['active PAUSED', 'approved APPROVED', 'draft DRAFT']);
  });

  test('are given no more once the system is stopped', async () => {
    const { play, stopping } = newPlay({ commands, runtime: waiting(() => stopping.abort()) });
    await introduceScenario(play);
    await giveCommands(play);
    expect(await statuses()).toEqual(ALL);
    expect(play.state().commands_given).toBe(0);
  });
});
