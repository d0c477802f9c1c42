import { expect, test } from '@jest/globals';
import { readPolicy } from '../../scripts/cli/read-policy.ts';
import { whatIfArguments } from '../../scripts/cli/what-if-arguments.ts';
import { usePolicyFile } from './policy-file.ts';

const policyFile = usePolicyFile();

test.each([
  ['', '--policy is missing'],
  ['--policy p.json acme', 'unexpected "acme"'],
  ['--policy p.json --days 0', '--days: "0" is not a whole number from 1 to 3650'],
  ['--policy p.json --tenant a#b', '--tenant: "a#b": must start with'],
  ['--policy p.json --force', "Unknown option '--force'"],
])('what-if %s is refused', (line, message) => {
  expect(() => whatIfArguments(line.split(' ').filter(Boolean))).toThrow(message);
});

test.each([
  ['{', /policy\.json: is not JSON: /],
  ['[]', /policy\.json: input: \[\]: /],
  ['{"autonomy":[{"__proto__":{}}]}', /policy\.json: autonomy\[0\]\.__proto__: a key of that name/],
  ['{"autonomy":[{"tenant_id":"a#b"}]}', /autonomy\[0\]\.tenant_id: "a#b": must start with/],
  ['{"autonomy":[{"tenant_id":"a"},{"tenant_id":"a"}]}', /autonomy\[1\]: .*: is used twice/],
])('a policy file with %s is refused', async (content, message) => {
  const path = await policyFile(content);
  expect(() => readPolicy(path)).toThrow(message);
});

test('the example is a policy, and a file that is not there is named', () => {
  expect(readPolicy('examples/candidate-policy.json').min_confidence).toBe(0.8);
  expect(() => readPolicy('examples/none.json')).toThrow('examples/none.json: cannot be read: ENOENT');
});
