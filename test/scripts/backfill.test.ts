import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { backfillTool } from '../../scripts/backfill.ts';
import { plansTool } from '../../scripts/plans.ts';
import { planPk } from '../../src/adapters/dynamodb/keys.ts';
import { toolProcess } from './call-tool.ts';
import { tableOf, useLocalStage } from './local-stage.ts';
import { SAMPLE } from './sample.ts';

const stage = useLocalStage(SAMPLE);

const inputs = () => {
  const { stepFunctions, planCycleArn } = stage.world.system;
  return stepFunctions.listExecutions(planCycleArn).map(({ input }) => JSON.parse(input));
};

const spoil = async (accountId: string, planId: string): Promise<void> => {
  const TableName = tableOf(stage, 'REVENUE_PLANS_TABLE_NAME');
  const Key = { pk: `TENANT#beta#ACCOUNT#${accountId}`, sk: planPk(planId) };
  const change = { UpdateExpression: 'SET steps = :none', ExpressionAttributeValues: { ':none': 'none' } };
  await stage.world.documentClient.send(new UpdateCommand({ TableName, Key, ...change }));
};

test('a dry run lists what would be done, and changes no row of any table', async () => {
  await stage.cycle();
  await stage.run(plansTool, 'approve', 'drafted', '--by', 'ben');
  const before = await stage.everything();
  const dry = await stage.run(
    backfillTool,
    ...['--stage', 'local', '--tenant', 'acme', '--tenant', 'beta', '--force', '--dry-run'],
  );
  expect(await stage.everything()).toEqual(before);
  expect(dry.code).toBe(0);
  expect(dry.stdout).toMatch(/^Judged by 2031-03-03T09:\S+ \(dry run: nothing was written\)$/m);
  expect(dry.stdout).toMatch(/^beta +drafted +would activate, then start step \S+$/m);
  const wet = await stage.run(backfillTool, '--plan', 'drafted');
  expect(wet.stdout).toMatch(/^beta +drafted +activated$/m);
  expect(await stage.everything()).not.toEqual(before);
});

test('the exact effects on every plan are listed, with the counts', async () => {
  const { code, stdout, stderr } = await toolProcess('backfill', ['--tenant', 'acme'], stage.settings);
  expect(code).toBe(0);
  const effects = stdout
    .split('\n')
    .slice(2, -3)
    .map((line) => line.trim().split(/ {2,}/));
  expect(effects).toEqual([
    ['tenant', 'plan', 'did'],
    ['acme', 'by-itself', 'activated'],
    ['due: DISPATCH brief'],
    ['started step brief (attempt 1)'],
    ['approved by policy'],
    ['acme', 'with-person', 'activated'],
    ['due: DISPATCH brief'],
    ['started step brief (attempt 1)'],
    ['waits for a person: ACTION_TYPE_NOT_ALLOWLISTED'],
  ]);
  expect(stdout).toMatch(
    /^tenants 1 {2}activated 2 {2}stepsStarted 2 {2}completed 0 {2}expired 0 {2}failed 0$/m,
  );
  expect(stderr).toMatch(
    /^started arn:aws:states:us-east-1:000000000000:execution:cc-native-local-plan-cycle:/,
  );
  await stage.settled();
});

test('the execution is started with exactly the fields that were given', async () => {
  await stage.run(backfillTool, '--plan', 'of-beta');
  const asOf = '2031-05-01T10:00:00+01:00';
  await stage.run(backfillTool, '--tenant', 'beta', '--as-of', asOf, '--force', '--dry-run');
  expect(inputs()).toEqual([
    { tenant_ids: ['beta'], as_of: asOf, dry_run: true, force: true },
    { plan_ids: ['of-beta'] },
  ]);
});

test('a plan that is not due is said to be left out', async () => {
  const { json } = await stage.document(backfillTool, '--plan', 'drafted', '--plan', 'of-beta');
  expect(json).toMatchObject({
    ...{ status: 'SUCCEEDED', dry_run: false, counts: { activated: 1, stepsStarted: 1 }, failures: [] },
    ...{ plans: [{ tenant_id: 'beta', plan_id: 'of-beta' }], not_looked_at: ['drafted'], lists_cut: false },
  });
});

test('a plan that fails is named with exit code 1, and what was done to the others is told', async () => {
  await spoil('b2', 'of-beta');
  const { code, stdout, stderr } = await stage.run(backfillTool, '--plan', 'of-beta', '--plan', 'by-itself');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^failed: tenant beta, plan of-beta: .*StoredRowInvalidError/m);
  expect(stdout).toMatch(/^acme +by-itself +activated$/m);
  expect(stdout).toMatch(/ failed 1$/m);
  await stage.settled();
});

test('input that the machine refuses is told with exit code 2', async () => {
  const { code, stdout, stderr } = await stage.run(backfillTool, '--tenant', 'nobody');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^ValidationError: tenant_ids\[0\]: "nobody": there is no such tenant$/m);
});
