import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createKillSwitchStore } from '../../../src/adapters/dynamodb/kill-switch-store.ts';
import { minute } from '../../support/plan-fixtures.ts';
import { turnSwitch } from '../../support/turn-switch.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const TABLE = 'KILL_SWITCHES_TABLE_NAME';
const TYPE = 'CREATE_CRM_TASK';
const TURNED = { reason: 'an incident', by: 'dana', at: minute(1) };
const ACME = { tenant_id: 'acme' };
const GLOBAL_SWITCH = 'the global kill switch';
const TENANT_SWITCH = 'the kill switch of tenant acme';

const store = () => createKillSwitchStore(world.tables.documentClient, world.names);
const turn = (change: Parameters<typeof turnSwitch>[2]) =>
  turnSwitch(world.tables.documentClient, world.names, change);
const stoppedBy = async (tenant = 'acme', type = TYPE) => (await store().check(tenant, type)).stopped_by;
const put = (pk: string, row: object) => world.put(TABLE, { pk, sk: 'SWITCH', ...row });
const row = (pk: string) => world.row(TABLE, pk, 'SWITCH');
const withAnswer = async (answer: object) => {
  const mock = mockClient(world.tables.documentClient);
  mock.on(BatchGetCommand).resolves(answer);
  try {
    return {
      stopped_by: await stoppedBy(),
      inputs: mock.commandCalls(BatchGetCommand).map(({ args }) => args[0].input),
    };
  } finally {
    mock.restore();
  }
};

describe('kill switches', () => {
  it('stop nothing where nobody has turned one', async () => {
    expect(await stoppedBy()).toBeUndefined();
  });

  it('stop every tenant when the global one is turned', async () => {
    await turn({ scope: 'GLOBAL', stopped: true, ...TURNED });
    expect(await stoppedBy()).toBe(GLOBAL_SWITCH);
    expect(await stoppedBy('globex', 'ANY')).toBe(GLOBAL_SWITCH);
    expect(await row('GLOBAL')).toEqual({
      ...{ pk: 'GLOBAL', sk: 'SWITCH', version: 1, ...TURNED },
      ...{ stopped: true, disabled_action_types: [] },
    });
  });

  it('stop one tenant when its own is turned', async () => {
    await turn({ scope: ACME, stopped: true, ...TURNED });
    expect(await stoppedBy()).toBe(TENANT_SWITCH);
    expect(await stoppedBy('globex')).toBeUndefined();
  });

  it('stop single action types of a tenant', async () => {
    await turn({ scope: ACME, disabled_action_types: [TYPE, 'OTHER'], ...TURNED });
    expect(await stoppedBy()).toBe(`${TENANT_SWITCH} for ${TYPE}`);
    expect(await stoppedBy('acme', 'CREATE_INTERNAL_NOTE')).toBeUndefined();
    expect(await stoppedBy('globex')).toBeUndefined();
  });

  it('are named from the widest to the narrowest', async () => {
    await turn({ scope: ACME, stopped: true, disabled_action_types: [TYPE], ...TURNED });
    expect(await stoppedBy()).toBe(TENANT_SWITCH);
    await turn({ scope: 'GLOBAL', stopped: true, ...TURNED });
    expect(await stoppedBy()).toBe(GLOBAL_SWITCH);
  });

  it('let go when they are turned back', async () => {
    await turn({ scope: 'GLOBAL', stopped: true, ...TURNED });
    await turn({ scope: 'GLOBAL', stopped: false, ...TURNED });
    await turn({ scope: ACME, stopped: true, disabled_action_types: [TYPE], ...TURNED });
    await turn({ scope: ACME, stopped: false, disabled_action_types: [], ...TURNED });
    expect(await stoppedBy()).toBeUndefined();
  });

  it('keep what a change does not name', async () => {
    await turn({ scope: ACME, stopped: true, ...TURNED });
    await turn({ scope: ACME, disabled_action_types: [TYPE], ...TURNED, reason: 'more of it' });
    expect(await row('TENANT#acme')).toMatchObject({ stopped: true, reason: 'more of it' });
    await turn({ scope: ACME, stopped: false, ...TURNED, by: 'ben' });
    expect(await row('TENANT#acme')).toMatchObject({ disabled_action_types: [TYPE], by: 'ben' });
    expect(await stoppedBy()).toBe(`${TENANT_SWITCH} for ${TYPE}`);
  });

  it.each([
    ['says nothing', {}],
    ['does not say yes or no', { stopped: 'no' }],
    ['does not list action types', { stopped: false, disabled_action_types: TYPE }],
    ['lists other things than action types', { stopped: false, disabled_action_types: [7] }],
  ])('stop when their row %s', async (_, content) => {
    await put('TENANT#acme', content);
    expect(await stoppedBy()).toBe('unreadable kill switch TENANT#acme');
    await put('GLOBAL', content);
    expect(await stoppedBy()).toBe('unreadable kill switch GLOBAL');
  });

  it('may be rows that people wrote, with no more than they need', async () => {
    await put('TENANT#acme', { stopped: false });
    expect(await stoppedBy()).toBeUndefined();
    await put('GLOBAL', { stopped: true, ticket: 'INC-1' });
    expect(await stoppedBy()).toBe(GLOBAL_SWITCH);
  });

  it('are read in one consistent call', async () => {
    const { inputs } = await withAnswer({});
    const Keys = ['GLOBAL', 'TENANT#acme'].map((pk) => ({ pk, sk: 'SWITCH' }));
    expect(inputs).toEqual([{ RequestItems: { [world.names[TABLE]]: { Keys, ConsistentRead: true } } }]);
  });

  it('are not decided upon when DynamoDB gave back a part of them only', async () => {
    const UnprocessedKeys = { [world.names[TABLE]]: { Keys: [{ pk: 'GLOBAL', sk: 'SWITCH' }] } };
    await expect(withAnswer({ Responses: {}, UnprocessedKeys })).rejects.toMatchObject({
      name: 'TransientError',
    });
  });

  it('stop nothing when the answer has no rows at all', async () => {
    expect((await withAnswer({})).stopped_by).toBeUndefined();
  });
});
