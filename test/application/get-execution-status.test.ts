import { describe, expect, it } from '@jest/globals';
import { getExecutionStatus } from '../../src/application/get-execution-status.ts';
import { approvedIntent, finished, putIntent, REPLAY, replayStarted, started } from '../support/attempts.ts';
import { SCOPE } from '../support/intents.ts';
import { minute } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const INTENT = approvedIntent();
const ID = INTENT.action_intent_id;

const statusOf = (more: Partial<typeof SCOPE> = {}) => {
  const { intents, executions, clock } = world.runtime;
  return getExecutionStatus({ clock, intents, executions }, { ...SCOPE, action_intent_id: ID, ...more });
};

describe('the status of an execution', () => {
  it('is told from the intent before it starts, judged by the present instant', async () => {
    await putIntent(world, INTENT);
    expect(await statusOf()).toMatchObject({ status: 'PENDING', waits_for: { code: 'START' } });
    world.clock.set(INTENT.expires_at);
    expect((await statusOf())?.waits_for?.explanation).toMatch(/^it lapsed at /);
  });

  it('is told from its attempt while it runs, and from its outcome afterwards', async () => {
    await putIntent(world, INTENT);
    await started(world, INTENT, 5);
    expect(await statusOf()).toMatchObject({ status: 'RUNNING', started_at: minute(5) });
    await finished(world, INTENT, 5);
    expect(await statusOf()).toMatchObject({ status: 'SUCCEEDED', completed_at: minute(6) });
  });

  it('tells all outcomes, that of the last replay last', async () => {
    await started(world, INTENT, 5);
    await finished(world, INTENT, 5, { status: 'FAILED', error_code: 'CRM_REFUSED' });
    await replayStarted(world, INTENT, 7);
    expect(await statusOf()).toMatchObject({ status: 'RUNNING', attempt_count: 2 });
    await finished(world, INTENT, 7, { attempt_count: 2, replay: REPLAY });
    expect(await statusOf()).toMatchObject({
      status: 'SUCCEEDED',
      outcomes: [{ status: 'FAILED' }, { status: 'SUCCEEDED', replay: REPLAY }],
    });
  });

  it('is never that of a finished attempt without its outcome, when both come while it is read', async () => {
    await started(world, INTENT, 5);
    const { intents, executions, clock } = world.runtime;
    const racing = {
      outcomes: executions.outcomes,
      get: async (...key: Parameters<typeof executions.get>) => {
        const seen = await executions.get(...key);
        await finished(world, INTENT, 5);
        return seen;
      },
    };
    const of = { ...SCOPE, action_intent_id: ID };
    const status = await getExecutionStatus({ clock, intents, executions: racing }, of);
    expect(status).toMatchObject({ status: 'SUCCEEDED', outcomes: [{ status: 'SUCCEEDED' }] });
  });

  it('is not there for an intent that the account, or the tenant, does not have', async () => {
    await putIntent(world, INTENT);
    await started(world, INTENT, 5);
    await finished(world, INTENT, 5);
    expect(await statusOf({ account_id: 'a2' })).toBeUndefined();
    expect(await statusOf({ tenant_id: 'beta' })).toBeUndefined();
  });
});
