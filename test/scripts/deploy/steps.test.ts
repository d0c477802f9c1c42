import { expect, test } from '@jest/globals';
import { deployArguments } from '../../../scripts/deploy/arguments.ts';
import { commandText, deploySteps, goOnWith } from '../../../scripts/deploy/steps.ts';

const namesOf = (line: string) => deploySteps(deployArguments(line.split(' '))).map(({ name }) => name);

test('a deployment tests, packages, deploys that package, writes the variables, and checks with them', () => {
  expect(deploySteps(deployArguments(['--stage', 'dev']))).toEqual([
    { name: 'test', argv: ['npm', 'test'] },
    {
      name: 'package',
      argv: ['npx', 'serverless', 'package', '--stage', 'dev', '--package', '.serverless-dev'],
    },
    {
      name: 'deploy',
      argv: ['npx', 'serverless', 'deploy', '--stage', 'dev', '--package', '.serverless-dev'],
    },
    { name: 'env', argv: ['npm', 'run', 'stage-env', '--', '--stage', 'dev'] },
    { name: 'e2e', argv: ['npm', 'run', 'e2e', '--', '--stage', 'dev'], envFile: '.env.dev' },
  ]);
});

test.each([
  ['--stage dev --skip-e2e', 'test package deploy env'],
  ['--stage dev --skip-tests', 'package deploy env'],
  ['--stage dev --no-test', 'package deploy env'],
  ['--stage dev --from deploy', 'deploy env e2e'],
  ['--stage dev --from deploy --skip-e2e', 'deploy env'],
  ['--stage dev --from test --no-test', 'package deploy env'],
])('%s runs %s', (line, names) => {
  expect(namesOf(line).join(' ')).toBe(names);
});

test.each([
  ['', '--stage is missing'],
  ['--stage local', '--stage local: that is what npm start runs'],
  ['--stage ../x', '--stage: "../x" is not the name of a stage'],
  ['--stage dev now', 'unexpected "now"'],
  ['--stage dev --from build', '--from: "build" is none of test, package, deploy, env, e2e'],
  ['--stage dev --from e2e --skip-e2e', '--from e2e: this step is skipped'],
  ['--stage dev --from e2e --no-test', '--from e2e: this step is skipped'],
  ['--stage dev --force', "Unknown option '--force'"],
])('deploy %s is refused', (line, message) => {
  expect(() => deployArguments(line.split(' ').filter(Boolean))).toThrow(message);
});

test.each([
  ['--stage dev', 'test', 'npm run deploy -- --stage dev'],
  ['--stage dev', 'e2e', 'npm run deploy -- --stage dev --from e2e'],
  ['--stage dev --skip-e2e', 'deploy', 'npm run deploy -- --stage dev --skip-e2e --from deploy'],
  ['--stage dev --no-test', 'env', 'npm run deploy -- --stage dev --skip-tests --from env'],
] as const)('%s goes on with %s by %s', (line, step, command) => {
  expect(goOnWith(deployArguments(line.split(' ')), step)).toBe(command);
});

test('a command with a file of variables says so behind itself, where a shell does not mind', () => {
  expect(commandText({ argv: ['npm', 'run', 'e2e'], envFile: '.env.dev' })).toBe(
    'npm run e2e  # with the variables of .env.dev',
  );
});
