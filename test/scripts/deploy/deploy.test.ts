import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { yaml } from '../../deploy/made-resources.ts';
import { fakeCloudFormation, useDeployPlace } from './fake-programs.ts';

const OUTPUTS: Record<string, string> = Object.fromEntries(
  Object.keys(yaml('outputs.yml').Outputs).map((key) => [key, `value-of-${key}`]),
);

const place = useDeployPlace();
let outputs: Record<string, string> | undefined;
let aws: Awaited<ReturnType<typeof fakeCloudFormation>>;
beforeAll(async () => {
  aws = await fakeCloudFormation(() => outputs);
});
afterAll(() => aws.close());
beforeEach(() => {
  outputs = OUTPUTS;
  aws.asked.length = 0;
});

const deploy = (args: string, settings: Record<string, string> = {}) =>
  place.run('deploy', args.split(' '), { ...aws.settings, ...settings });
const callsMade = async () => (await place.calls()).map(({ call }) => call);
const envFile = () => join(place.directory, '.env.dev');
const written = async () => ({ ...parseEnv(await readFile(envFile(), 'utf8')) });

const CALLS = {
  test: 'npm test',
  package: 'npx serverless package --stage dev --package .serverless-dev',
  deploy: 'npx serverless deploy --stage dev --package .serverless-dev',
  env: 'npm run stage-env -- --stage dev',
  e2e: 'npm run e2e -- --stage dev',
};

test('a stage is tested, packaged, deployed, written down and checked with what was written', async () => {
  const { code, stdout, stderr } = await deploy('--stage dev', { AWS_REGION: 'eu-west-1' });
  expect({ code, calls: await callsMade() }).toEqual({ code: 0, calls: Object.values(CALLS) });
  const calls = await place.calls();
  expect(calls.at(-1)?.env).toEqual({ AWS_REGION: 'us-east-1', EVENT_BUS_NAME: 'value-of-EventBusName' });
  expect(calls[0]?.env).toEqual({ AWS_REGION: 'eu-west-1' });
  expect(stdout).toMatch(/^output of npm test$/m);
  expect(stdout).toMatch(/^dev: test, package, deploy, env, e2e done$/m);
  for (const [step, command] of Object.entries(CALLS)) {
    expect(stderr).toMatch(`${step}: ${command}`);
    expect(stderr).toMatch(new RegExp(`^${step}: done after [\\d.]+ s$`, 'm'));
  }
  expect(Object.fromEntries(aws.asked[0] ?? [])).toMatchObject({
    ...{ Action: 'DescribeStacks', StackName: 'cc-native-dev' },
  });
  expect((await stat(envFile())).mode & 0o777).toBe(0o600);
});

test('repeated, it does the same, and variables of a person are kept and given to the checks', async () => {
  expect((await deploy('--stage dev --skip-tests')).code).toBe(0);
  const first = await written();
  await writeFile(envFile(), `${await readFile(envFile(), 'utf8')}TENANT_ID='my tenant'\n`);
  outputs = { ...OUTPUTS, LedgerTableName: 'another-ledger' };
  expect((await deploy('--stage dev')).code).toBe(0);
  expect(await written()).toEqual({
    ...first,
    ...{ LEDGER_TABLE_NAME: 'another-ledger', TENANT_ID: 'my tenant' },
  });
  expect((await place.calls()).at(-1)?.env).toMatchObject({ TENANT_ID: 'my tenant' });
  expect((await readdir(place.directory)).sort()).toEqual(['.env.dev', 'bin', 'calls']);
});

test.each([
  ['--skip-tests', ['package', 'deploy', 'env']],
  ['--no-test', ['package', 'deploy', 'env']],
  ['--skip-e2e', ['test', 'package', 'deploy', 'env']],
  ['--from env', ['env', 'e2e']],
] as const)('%s runs %j', async (flag, steps) => {
  expect((await deploy(`--stage dev ${flag}`)).code).toBe(0);
  expect(await callsMade()).toEqual(steps.map((step) => CALLS[step]));
});

test.each(['test', 'package', 'deploy', 'env', 'e2e'] as const)(
  'when %s fails nothing follows, and the command that is told goes on from there',
  async (step) => {
    const failed = await deploy('--stage dev', { CALLS_FAIL: CALLS[step] });
    expect(failed.code).toBe(1);
    const steps = Object.keys(CALLS);
    const before = steps.slice(0, steps.indexOf(step) + 1).map((name) => CALLS[name as typeof step]);
    expect(await callsMade()).toEqual(before);
    const [, args = ''] = /Go on with:\n {2}npm run deploy -- (.*)\n$/.exec(failed.stderr) ?? [];
    expect(failed.stderr).toMatch(`${step} failed: it ended with exit code 7\n`);
    expect((await deploy(args)).code).toBe(0);
    expect(await callsMade()).toEqual([...before, ...Object.values(CALLS).slice(before.length - 1)]);
  },
);

test.each([
  [undefined, 'there is no stack cc-native-dev in us-east-1: deploy the stage'],
  [
    { ...OUTPUTS, EventBusName: undefined },
    'the stack cc-native-dev (UPDATE_COMPLETE) has no output EventBusName',
  ],
])(
  'a stack that is not there, or lacks outputs, fails env and leaves the file as it was',
  async (found, why) => {
    await writeFile(envFile(), 'LEDGER_TABLE_NAME=old\n');
    outputs = found && JSON.parse(JSON.stringify(found));
    const { code, stderr } = await deploy('--stage dev --from env');
    expect(code).toBe(1);
    expect(stderr).toMatch(why);
    expect(stderr).toMatch('Go on with:\n  npm run deploy -- --stage dev --from env\n');
    expect(await written()).toEqual({ LEDGER_TABLE_NAME: 'old' });
  },
);

test('checks that begin without variables fail, and say which step writes them', async () => {
  const { code, stderr } = await deploy('--stage dev --from e2e');
  expect(code).toBe(1);
  expect(stderr).toMatch('e2e failed: there is no .env.dev; the step env writes it\n');
  expect(await place.calls()).toEqual([]);
});

test('a dry run prints the commands and does nothing', async () => {
  const { code, stdout } = await deploy('--stage dev --dry-run');
  expect(code).toBe(0);
  expect(stdout.split('\n').map((line) => line.replace(/ {2}#.*$/, ''))).toEqual([
    ...Object.entries(CALLS).map(([step, command]) => `${step.padEnd(8)} ${command}`),
    '',
  ]);
  const { stdout: json } = await deploy('--stage dev --dry-run --json --skip-tests');
  expect(JSON.parse(json)).toMatchObject({
    stage: 'dev',
    dry_run: true,
    steps: [{ step: 'package' }, {}, {}],
  });
  expect(await place.calls()).toEqual([]);
  expect(aws.asked).toEqual([]);
  expect(await readdir(place.directory)).toEqual(['bin']);
});

test('with --json stdout is one document, and what the steps print goes to stderr', async () => {
  const { code, stdout, stderr } = await deploy('--stage dev --json', { CALLS_FAIL: 'serverless deploy' });
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ stage: 'dev', ok: false, stopped_in: 'deploy' },
    go_on_with: 'npm run deploy -- --stage dev --from deploy',
    steps: [
      { step: 'test', end: 'done', command: 'npm test' },
      { step: 'package', end: 'done' },
      { step: 'deploy', end: 'failed', reason: 'it ended with exit code 7' },
    ],
  });
  expect(stderr).toMatch(/^output of npm test$/m);
});

test('Ctrl-C, even twice, ends the step and what it started, and says how to go on', async () => {
  const child = place.spawn('deploy', ['--stage', 'dev'], { CALLS_HANG: 'serverless deploy' });
  const complaints = text(child.stderr);
  // Not before everybody who holds its pipes is gone.
  const closed = once(child, 'close');
  child.stdout.on('data', (chunk: Buffer) => {
    if (!chunk.includes('hanging')) return;
    child.kill('SIGINT');
    child.kill('SIGINT');
  });
  const [code] = await closed;
  expect(code).toBe(130);
  expect(await complaints).toMatch(
    /interrupted in deploy; what CloudFormation has begun goes on by itself\nGo on with:\n {2}npm run deploy -- --stage dev --from deploy\n$/,
  );
  expect(await callsMade()).toEqual([CALLS.test, CALLS.package, CALLS.deploy]);
});

test.each([
  ['--stage local', /^--stage local: that is what npm start runs/m],
  ['--skip-e2e', /^--stage is missing$/m],
  ['--stage dev --from nowhere', /^--from: "nowhere" is none of test, /m],
])('deploy %s is bad input', async (args, complaint) => {
  const { code, stdout, stderr } = await deploy(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(complaint);
  expect(await place.calls()).toEqual([]);
});

test('--help says what there is', async () => {
  const { code, stdout } = await deploy('--help');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^npm run deploy -- --stage NAME/);
  expect((await place.run('stage-env', ['--help'])).stdout).toMatch(/^npm run stage-env -- --stage NAME/);
});
