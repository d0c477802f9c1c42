import { DeleteCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { seedTool } from '../../scripts/seed.ts';
import { actionTypePk } from '../../src/adapters/dynamodb/keys.ts';
import { DEFAULT_ACTION_TYPES } from '../../src/domain/intent/default-action-types.ts';
import { toolProcess } from './call-tool.ts';
import { useLocalStage } from './local-stage.ts';
import { SAMPLE } from './sample.ts';

const stage = useLocalStage(SAMPLE);

const TYPES = DEFAULT_ACTION_TYPES.map(({ action_type }) => action_type);

const run = (...args: string[]) => stage.run(seedTool, ...args);

const TABLE = 'cc-native-local-action-type-registry';

const registry = async () => {
  const { Items = [] } = await stage.world.documentClient.send(new ScanCommand({ TableName: TABLE }));
  return Items;
};

/** As a registry is that has never heard of a type. */
const forget = async (type: string): Promise<void> => {
  for (const { pk, sk } of await registry())
    if (pk === actionTypePk(type))
      await stage.world.documentClient.send(new DeleteCommand({ TableName: TABLE, Key: { pk, sk } }));
};

test('what is missing of the default action types is written, once, and the rest stays as it is', async () => {
  await forget('PREP_RENEWAL_BRIEF');
  const others = await registry();
  const { code, stdout } = await toolProcess('seed', ['--stage', 'local', '--json'], stage.settings);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ table: TABLE, written: [{ action_type: 'PREP_RENEWAL_BRIEF', registry_version: 1 }] },
    kept: TYPES.filter((type) => type !== 'PREP_RENEWAL_BRIEF'),
  });
  const all = await registry();
  expect(all).toEqual(expect.arrayContaining(others));
  expect(await run()).toEqual({
    ...{ code: 0, stderr: '' },
    stdout: `Nothing was left to write to ${TABLE}.\n\nThere already: ${TYPES.join(', ')}\n`,
  });
  expect(await registry()).toEqual(all);
});

test('what was written is told with its tool', async () => {
  for (const type of TYPES) await forget(type);
  const { code, stdout } = await run();
  expect(code).toBe(0);
  expect(stdout).toMatch(/^PREP_RENEWAL_BRIEF +1 +internal\.create_note +AUTOMATIC$/m);
  expect(stdout).not.toMatch('There already');
});

test.each([
  [['--stage', 'no stage'], /^--stage: "no stage" is not the name of a stage$/m],
  [['now'], /^unexpected "now"$/m],
  [['--force'], /--force/],
])('%j is bad input', async (args, complaint) => {
  const { code, stdout, stderr } = await run(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(complaint);
});
