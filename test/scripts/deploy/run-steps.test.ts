import { expect, test } from '@jest/globals';
import { deployReport } from '../../../scripts/deploy/report.ts';
import { type Command, type CommandEnd, runSteps } from '../../../scripts/deploy/run-steps.ts';
import { type DeployRequest, deploySteps } from '../../../scripts/deploy/steps.ts';

const REQUEST: DeployRequest = { stage: 'dev', skipTests: false, skipE2e: false, from: 'test' };

/** A world in which every step takes 1.5 s, and the program named ends as it is told. */
const worldWith = (
  ends: (command: Command) => CommandEnd | Error = () => ({ end: 'EXITED', exitCode: 0 }),
) => {
  const [commands, lines]: [Command[], string[]] = [[], []];
  let nowMs = 0;
  return {
    ...{ commands, lines },
    async run(command: Command) {
      commands.push(command);
      nowMs += 1_500;
      const ended = ends(command);
      if (ended instanceof Error) throw ended;
      return ended;
    },
    async readVariables(file: string): Promise<Record<string, string>> {
      return { FROM: file };
    },
    elapsedMs: () => nowMs,
    tell: (line: string) => void lines.push(line),
  };
};

const programsOf = ({ commands }: { commands: readonly Command[] }) =>
  commands.map(({ argv }) => argv.join(' '));

test('all steps run in their order, and only the checks get the variables of the stage', async () => {
  const world = worldWith();
  const results = await runSteps(world, deploySteps(REQUEST));
  expect(programsOf(world)).toEqual(deploySteps(REQUEST).map(({ argv }) => argv.join(' ')));
  expect(world.commands.map(({ env }) => env)).toEqual([{}, {}, {}, {}, { FROM: '.env.dev' }]);
  expect(results.map(({ step, end, seconds }) => [step, end, seconds])).toEqual(
    ['test', 'package', 'deploy', 'env', 'e2e'].map((step) => [step, 'DONE', 1.5]),
  );
  expect(world.lines.slice(0, 2)).toEqual(['test: npm test', 'test: done after 1.5 s']);
  expect(deployReport(REQUEST, results)).toMatchObject({
    ...{ exitCode: 0, text: 'dev: test, package, deploy, env, e2e done' },
    document: { stage: 'dev', ok: true },
  });
});

test.each(deploySteps(REQUEST).map(({ name }, index) => [name, index] as const))(
  'nothing runs after %s when it fails',
  async (name, index) => {
    const program = deploySteps(REQUEST)[index]?.argv.join(' ');
    const world = worldWith(({ argv }) => ({ end: 'EXITED', exitCode: argv.join(' ') === program ? 7 : 0 }));
    const results = await runSteps(world, deploySteps(REQUEST));
    expect(world.commands).toHaveLength(index + 1);
    const goOn = `npm run deploy -- --stage dev${index === 0 ? '' : ` --from ${name}`}`;
    expect(deployReport(REQUEST, results)).toMatchObject({
      exitCode: 1,
      complaint: `${name} failed: it ended with exit code 7\nGo on with:\n  ${goOn}`,
      document: { ok: false, stopped_in: name, go_on_with: goOn },
    });
  },
);

test('a program that cannot be started is a step that failed', async () => {
  const world = worldWith(() => new Error('spawn npm ENOENT'));
  expect(await runSteps(world, deploySteps(REQUEST))).toMatchObject([
    { step: 'test', end: 'FAILED', reason: 'spawn npm ENOENT' },
  ]);
  expect(world.lines.at(-1)).toBe('test: failed after 1.5 s: spawn npm ENOENT');
});

test('checks without a file of variables fail before they begin', async () => {
  const readVariables = async () => Promise.reject(new Error('there is no .env.dev'));
  const world = { ...worldWith(), readVariables };
  const results = await runSteps(world, deploySteps({ ...REQUEST, from: 'e2e' }));
  expect(results).toMatchObject([{ step: 'e2e', end: 'FAILED', reason: 'there is no .env.dev' }]);
  expect(world.commands).toEqual([]);
});

test('an interrupted step is the last one, and of a deployment it is told that AWS goes on', async () => {
  const world = worldWith(() => ({ end: 'INTERRUPTED' }));
  const results = await runSteps(world, deploySteps({ ...REQUEST, from: 'deploy' }));
  expect(world.lines).toHaveLength(2);
  expect(deployReport(REQUEST, results)).toMatchObject({
    exitCode: 130,
    complaint: expect.stringMatching(
      /^interrupted in deploy; what CloudFormation has begun goes on by itself\n/,
    ),
  });
});
