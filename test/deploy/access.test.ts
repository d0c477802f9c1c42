import { expect, test } from '@jest/globals';
import { type AccessWorld, accessWorld } from './access-world.ts';
import { CYCLE_STORIES } from './cycle-stories.ts';
import { DECISION_STORIES } from './decision-stories.ts';
import { type Guarded, grantedAccess, grants } from './guarded-functions.ts';
import { cycle, type Story } from './story.ts';
import { TOOL_STORIES } from './tool-stories.ts';

const STORIES = Object.entries({ ...CYCLE_STORIES, ...DECISION_STORIES, ...TOOL_STORIES });

const inAWorld = async (guarded: Omit<Guarded, 'overrides'>, tell: (world: AccessWorld) => Promise<void>) => {
  const world = await accessWorld(guarded);
  try {
    await tell(world);
  } finally {
    await world.stop();
  }
};

const used = new Set<string>();
const told = new Map<Story, Promise<void>>();

/** Tells a story in a world of its own, once. */
const tellOnce = (story: Story): Promise<void> => {
  const telling =
    told.get(story) ??
    inAWorld({ used }, async (world) => {
      await story(world);
      expect(world.refused).toEqual([]);
    });
  told.set(story, telling);
  return telling;
};

test.each(STORIES)('within its role: %s', (_, story) => tellOnce(story));

test('no function may do what none of these stories needs', async () => {
  for (const [, story] of STORIES) await tellOnce(story);
  expect(grants().filter((grant) => !used.has(grant))).toEqual([]);
});

test('a function is refused what its role does not name', () =>
  inAWorld({ access: { enumeratePlans: { PlanLedgerTable: ['GetItem'] } } }, async ({ call }) => {
    const tenant = { tenant_id: 'acme', plans: [{ account_id: 'a1', plan_id: 'p1' }] };
    await expect(call('enumeratePlans', { cycle, tenant })).rejects.toThrow(
      'enumeratePlans may not BatchGetItem RevenuePlansTable',
    );
  }));

test('a tool is called in the role of its adapter, not in that of who calls it', () =>
  inAWorld({ access: { ...grantedAccess, crmAdapter: {} } }, async (world) => {
    const story = TOOL_STORIES['crm.create_event answers the same when it is called again'];
    await expect(story?.(world)).rejects.toMatchObject({ error_code: 'ADAPTER_FAILED' });
    expect(world.refused).toEqual(['crmAdapter may not PutItem ExternalWriteDedupeTable']);
  }));
