import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { plansTool } from '../../scripts/plans.ts';
import { whatIfTool } from '../../scripts/what-if.ts';
import { eventSk, planPk } from '../../src/adapters/dynamodb/keys.ts';
import { type Ran, toolProcess } from './call-tool.ts';
import { tableOf, useLocalStage } from './local-stage.ts';
import { usePolicyFile } from './policy-file.ts';
import { SAMPLE } from './sample.ts';

const stage = useLocalStage(SAMPLE);

const BRIEF = 'PREP_RENEWAL_BRIEF';
/** What the sample's account a1 has is what a2 would have, and a1 would have nothing. */
const CANDIDATE = {
  autonomy: [
    {
      ...{ tenant_id: 'acme', account_id: 'a2', allowlist: [BRIEF] },
      ...{ modes: { [BRIEF]: 'AUTO_EXECUTE' }, budget: { max_autonomous_per_day: 3 } },
    },
  ],
};

const policyFile = usePolicyFile();

const run = async (policy: unknown, ...args: string[]): Promise<Ran> =>
  stage.run(whatIfTool, '--policy', await policyFile(policy), ...args);

/** The tool as a process of its own. */
const started = async (policy: unknown, ...args: string[]): Promise<Ran> =>
  toolProcess('what-if', ['--policy', await policyFile(policy), ...args], stage.settings);

const lines = (stdout: string): string[][] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => line.split(/ {2,}/));

test('decisions that would have been others are shown with what people made of them, and nothing is written', async () => {
  await stage.cycle();
  await stage.run(plansTool, 'reject-intent', 'with-person', 'brief', '--by', 'ben', '--reason', 'too early');
  const before = await stage.everything();
  const { code, stdout, stderr } = await run(CANDIDATE);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [heads, one, other, ...rest] = lines(stdout);
  expect(heads).toEqual([
    ...['instant', 'tenant/account', 'plan/step/attempt', 'action'],
    ...['was → would be', 'because', 'what came of it'],
  ]);
  // Plans are looked at in parallel, so that either may come first.
  const rows = [one, other].sort((a, b) => ((a?.[1] ?? '') < (b?.[1] ?? '') ? -1 : 1));
  const instant = expect.stringMatching(/^2031-03-03T09:/);
  expect(rows).toEqual([
    [
      ...[instant, 'acme/a1', 'by-itself/brief/1', BRIEF],
      'automatic → asked (ACTION_TYPE_NOT_ALLOWLISTED, TYPE_IS_ALLOWLISTED)',
      "PREP_RENEWAL_BRIEF is not on the tenant's allowlist",
      'succeeded',
    ],
    [
      ...[instant, 'acme/a2', 'with-person/brief/1', BRIEF],
      'asked (ACTION_TYPE_NOT_ALLOWLISTED, TYPE_IS_ALLOWLISTED) → automatic',
      expect.stringMatching(/^PREP_RENEWAL_BRIEF of LOW risk may run by itself/),
      'rejected by ben (too early)',
    ],
  ]);
  expect(rest).toEqual([
    [''],
    ['day', 'tenant/account', 'action', 'was spent', 'would have been spent'],
    ['2031-03-03', 'acme/a1', '1 of 5', '0 of –'],
    ['2031-03-03', 'acme/a2', '0 of –', '1 of 3'],
    [''],
    ['Decisions 3: same 1 (0 for another reason), newly automatic 1, newly asked 1, newly blocked 0'],
    ['Of the newly automatic: a person had rejected 1, had approved 0; failed 0'],
    ['The policy has no row for beta: there nothing would have been automatic'],
  ]);
  expect(await stage.everything()).toEqual(before);
});

test('the document is the same, byte by byte, for the same ledgers', async () => {
  await stage.cycle();
  const [first, second] = [await run(CANDIDATE, '--json'), await started(CANDIDATE, '--json')];
  expect(second).toEqual({ ...first, code: 0 });
  const { differences, ...document } = JSON.parse(first.stdout);
  expect(document).toMatchObject({
    ...{ policy: CANDIDATE, days: 30, left_out: [] },
    tenants: [
      { tenant_id: 'acme', first_day: '2031-02-01', has_rows: true },
      { tenant_id: 'beta', first_day: '2031-02-01', has_rows: false },
    ],
    totals: { decisions: 3, newly_automatic: 1, newly_asked: 1 },
  });
  const ofPlan = ({ plan_id }: { plan_id: string }) => plan_id === 'with-person';
  expect(differences.find(ofPlan)).toMatchObject({
    ...{ tenant_id: 'acme', account_id: 'a2', plan_id: 'with-person', step_id: 'brief', attempt: 1 },
    ...{ risk_estimate: null, confidence_score: null, source: null, person: null, end: null },
    ...{ was: { result: 'REQUIRE_APPROVAL' }, would: { result: 'AUTO_EXECUTED', reason: null } },
  });
});

test('the policy in force changes nothing', async () => {
  await stage.cycle();
  const { code, stdout } = await run({ autonomy: SAMPLE.autonomy }, '--tenant', 'acme', '--days', '1');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^No decision would have been another\.$/m);
  expect(stdout).toMatch(/^2031-03-03 +acme\/a1 +1 of 5 +1 of 5$/m);
  expect(stdout).toMatch(/^Decisions 2: same 2 \(0 for another reason\)/m);
});

test('a ledger that was changed is left out and named, with exit code 1', async () => {
  await stage.cycle();
  const change = {
    ...{ UpdateExpression: 'SET actor.id = :other', ExpressionAttributeValues: { ':other': 'eve' } },
    Key: { pk: planPk('by-itself'), sk: eventSk(2) },
  };
  const TableName = tableOf(stage, 'PLAN_LEDGER_TABLE_NAME');
  await stage.world.documentClient.send(new UpdateCommand({ TableName, ...change }));
  const { code, stdout, stderr } = await run(CANDIDATE);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^Decisions 2: same 1 /m);
  expect(stderr).toBe(
    'left out: tenant acme, plan by-itself: the ledger is broken: entry 2 does not fit its hash\n',
  );
});

test('a tenant that does not exist, and a policy that does not fit, are bad input', async () => {
  const unknown = await run(CANDIDATE, '--tenant', 'nobody');
  expect(unknown).toMatchObject({ code: 2, stderr: '--tenant: "nobody": there is no such tenant\n' });
  const unfit = await run({ autonomy: [], min_confidence: 70, treshold: 1 });
  expect({ code: unfit.code, stdout: unfit.stdout }).toEqual({ code: 2, stdout: '' });
  expect(unfit.stderr).toMatch(/: min_confidence: 70: .*; treshold: 1: is not known here\n$/);
});
