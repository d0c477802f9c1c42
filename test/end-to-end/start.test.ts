import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { startDynamoDb } from '../../src/local/dynamodb/start-dynamodb.ts';
import { brief, command, meeting, plan, scenario } from '../local/scenario/small-scenarios.ts';
import { UP, untilFree, usePlace } from './local-process.ts';

const place = usePlace();
const FAST = ['--speed', '600', '--every', '200ms'];
const CYCLE =
  /^\d{4}-\d\d-\d\dT[\d:.]+Z {2}tenants \d+ {2}activated \d+ {2}stepsStarted \d+ {2}completed \d+ {2}expired \d+ {2}failed \d+ {2}ms \d+$/;

/** Where the system says that it listens: DynamoDB, AWS, and the systems that tools act on. */
const portsIn = (lines: readonly string[]): number[] =>
  [...lines.join('\n').matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));

const small = (more = {}) => place.file('scenario.json', scenario([plan('p1')], more));

describe('the local system', () => {
  test('says where everything is, plays the scenario, and prints a line for every cycle', async () => {
    const system = place.start(['--scenario', await small(), ...FAST]);
    await system.line(UP);
    await system.line(/acme\/p1 {2}PLAN_COMPLETED · completion_reason all_steps_done/);
    const cycles = await Promise.all([system.line(CYCLE), system.line(/completed 1 {2}expired 0/)]);
    for (const line of cycles) expect(line).toMatch(CYCLE);
    const text = system.lines.join('\n');
    expect(text).toMatch(/Tool gateway \(MCP\) +http:\/\/127\.0\.0\.1:\d+\/mcp\n/);
    expect(text).toMatch(/CRM, webhook receiver +http:\/\/127\.0\.0\.1:\d+ http:\/\/127\.0\.0\.1:\d+\/\n/);
    expect(text).toContain(`http://127.0.0.1:${place.awsPort}`);
    expect(text).toContain(`http://127.0.0.1:${place.dynamoDbPort}`);
    for (const machine of ['plan-cycle', 'execute-action'])
      expect(text).toContain(`arn:aws:states:us-east-1:000000000000:stateMachine:cc-native-local-${machine}`);
  });

  test.each<NodeJS.Signals>(['SIGTERM', 'SIGINT'])(
    'ends well on %s, with a step in flight, and leaves nothing behind',
    async (signal) => {
      const path = await small({ outcomes: [{ result: 'SUCCEEDED', after_minutes: 58 }] });
      const system = place.start(['--scenario', path, '--every', '200ms']);
      await system.line(/STEP_APPROVED/);
      expect(await system.signal(signal)).toMatchObject({ how: 0, stderr: '' });
      const ports = portsIn(system.lines);
      expect(ports).toEqual(expect.arrayContaining([place.awsPort, place.dynamoDbPort]));
      for (const port of ports) await untilFree(port);
    },
  );

  test.each<NodeJS.Signals>(['SIGTERM', 'SIGKILL'])(
    'does not outlive an npm that ends by %s',
    async (signal) => {
      const npm = place.npmStart(['--ephemeral', '--no-schedule', '--scenario', await small()]);
      await npm.line(UP);
      await npm.signal(signal);
      await untilFree(place.dynamoDbPort);
      await untilFree(place.awsPort);
    },
  );

  test('does not outlive its own crash', async () => {
    const system = place.start(['--no-schedule', '--scenario', await small()]);
    await system.line(UP);
    expect((await system.signal('SIGKILL')).how).toBe('SIGKILL');
    await untilFree(place.dynamoDbPort);
  });

  test('goes on where it stopped: steps in flight come to their end once, and nothing is brought in again', async () => {
    const path = await place.file(
      'scenario.json',
      scenario([plan('p1', { steps: [brief('s1')] }), plan('p2', { steps: [meeting('s1')] })], {
        outcomes: [{ result: 'SUCCEEDED', after_minutes: 20 }],
        commands: [command(0, 'resume', 'p2')],
      }),
    );
    const first = place.start(['--scenario', path, ...FAST]);
    await Promise.all([first.line(/p1 {2}STEP_APPROVED/), first.line(/p2 {2}STEP_APPROVAL_REQUIRED/)]);
    await first.line(/refused: resume p2/);
    expect((await first.signal('SIGTERM')).how).toBe(0);
    const second = place.start(FAST);
    await second.line(/Going on with {13}[12] executions of the last start/);
    await second.line(/p1 {2}PLAN_COMPLETED/);
    const said = second.lines.filter((line) => /PLAN_CREATED|STEP_STARTED|refused/.test(line));
    expect(said).toEqual([]);
    const completions = [...first.lines, ...second.lines].filter((line) => line.includes('STEP_COMPLETED'));
    expect(completions).toHaveLength(1);
  });

  test('fails cycles by name while DynamoDB is down, and survives', async () => {
    const server = await startDynamoDb({ endpoint: '' });
    const env = { AWS_ENDPOINT_URL_DYNAMODB: server.endpoint };
    const args = ['--speed', '100000', '--every', '200ms', '--scenario', await small({ autonomy: [] })];
    const system = place.start(args, env);
    await system.line(/STEP_APPROVAL_REQUIRED/);
    const before = system.lines.length;
    await server.stop();
    const told = await system.line(/cycle FAILED: /, before);
    expect(told).toMatch(/cycle FAILED: (TransientError|PlanCycleFailed|TimeoutError): /);
    await system.line(/failed 1 {2}ms/, before);
    expect((await system.signal('SIGTERM')).how).toBe(0);
  });
});

describe('the local system does not start', () => {
  test.each(['awsPort', 'dynamoDbPort'] as const)(
    'on a port that is taken, and names it: %s',
    async (which) => {
      const other = createServer().listen(place[which], '127.0.0.1');
      await once(other, 'listening');
      const { how, stdout, stderr } = await place.start(['--scenario', await small()]).ended;
      other.close();
      expect([how, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(new RegExp(`^[^\\n]*\\b${place[which]}\\b[^\\n]*\\n$`));
    },
  );

  test('without the DynamoDB that the environment names, and says where it looked', async () => {
    const endpoint = `http://127.0.0.1:${place.dynamoDbPort}`;
    const env = { AWS_ENDPOINT_URL_DYNAMODB: endpoint };
    const { how, stdout, stderr } = await place.start(['--scenario', await small()], env).ended;
    expect([how, stdout]).toEqual([1, '']);
    expect(stderr).toContain(endpoint);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test.each([
    [['--every', 'soon'], '--every: "soon"'],
    [['--scenario', 'unheard-of.json'], 'unheard-of.json: cannot be read: ENOENT'],
  ])('with %j', async (args, message) => {
    const { how, stdout, stderr } = await place.start(args).ended;
    expect([how, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});
