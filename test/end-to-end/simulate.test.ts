import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { minute, plan, scenario } from '../local/scenario/small-scenarios.ts';
import { usePlace } from './local-process.ts';

const place = usePlace();
const small = scenario([plan('p1'), plan('p2', { account_id: 'of-p1' })]);

describe('npm run simulate', () => {
  test('prints one JSON object, the same bytes for the same file and seed, whatever DynamoDB the environment names', async () => {
    const path = await place.file('scenario.json', small);
    const first = await place.simulate(['--scenario', path, '--seed', '3', '--json']);
    const env = { AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${place.dynamoDbPort}` };
    const second = await place.simulate(['--scenario', path, '--seed', '3', '--json'], env);
    expect(first).toMatchObject({ how: 0, stderr: '' });
    expect(second).toEqual(first);
    const report = JSON.parse(first.stdout);
    expect(Object.keys(report)).toEqual([
      ...['plans', 'cycles', 'ledger', 'budgets', 'refused', 'violations', 'units'],
    ]);
    expect(report.plans[0]).toEqual({
      ...{ plan_id: 'p1', plan_status: 'COMPLETED', completion_reason: 'all_steps_done' },
      steps: [{ step_id: 's1', status: 'DONE', attempts: 1 }],
    });
  });

  test('prints a timeline of every plan, what was refused, the cycles and the bill; ends though a step is in flight', async () => {
    const commands = [{ at: minute(1), do: 'resume', plan_id: 'p1', by: 'cleo' }];
    const path = await place.file('scenario.json', scenario([plan('p1')], { until: minute(3), commands }));
    const { how, stdout } = await place.simulate(['--scenario', path]);
    expect(how).toBe(0);
    expect(stdout).toContain('p1: ACTIVE  [s1 AUTO_EXECUTED]');
    expect(stdout).toContain(`  ${minute(0)}  STEP_STARTED s1 · attempt 1`);
    expect(stdout).toMatch(/\ncycle +tenants +activated +stepsStarted +completed +expired +failed\n/);
    expect(stdout).toContain(
      `Refused:\n  ${minute(1)}  resume p1 by cleo: plan p1 is ACTIVE and cannot become ACTIVE`,
    );
    expect(stdout).toMatch(
      /\nBilled: \d+ state_transitions, \d+ lambda_invocations, [\d.]+ rru, \d+ wru, 1 put_events$/,
    );
  });

  test('exits 3 and names the plan and the entry when an invariant is broken', async () => {
    const path = await place.file('scenario.json', scenario([plan('p1')]));
    const env = { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'break-a-rule.mjs')}` };
    const { how, stdout } = await place.simulate(['--scenario', path, '--json'], env);
    expect(how).toBe(3);
    expect(JSON.parse(stdout).violations[0]).toBe('plan p1: entry 2 does not follow 1');
  });

  test.each<[what: string, content: unknown, message: string]>([
    ['does not fit', scenario([plan('p#1')]), 'plans[0].plan_id: "p#1": '],
    [
      'has a special key',
      '{"plans":[{"__proto__":{}}]}',
      'plans[0].__proto__: a key of that name is not allowed',
    ],
    ['is no JSON', '{', 'is not JSON: '],
    [
      'is too big',
      scenario([plan('p1', { constraints: { note: 'x'.repeat(400_000) } })]),
      'plans[0]: {"plan_id"',
    ],
  ])('exits 2 and prints no report when the scenario %s', async (_what, content, message) => {
    const path = await place.file('scenario.json', content);
    const { how, stdout, stderr } = await place.simulate(['--scenario', path, '--json']);
    expect([how, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test.each<[args: string[], message: string]>([
    [[], '--scenario FILE is missing'],
    [['--scenario', 'unheard-of.json'], 'unheard-of.json: cannot be read: ENOENT'],
    [['--scenario', 'examples/first-plan.json', '--seed', '-1'], '--seed'],
    [['--scenario', 'examples/first-plan.json', '--seed', '4294967296'], '--seed: "4294967296"'],
    [['--scenario', 'examples/first-plan.json', '--jsn'], '--jsn'],
  ])('exits 2 for %j', async (args, message) => {
    const { how, stdout, stderr } = await place.simulate(args);
    expect([how, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});
