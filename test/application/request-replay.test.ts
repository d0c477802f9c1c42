import { describe, expect, it } from '@jest/globals';
import { createExecutionLedger } from '../../src/adapters/dynamodb/execution-ledger-store.ts';
import type { ExecutionStarter } from '../../src/application/ports/executions.ts';
import { type ReplayRequest, requestReplay } from '../../src/application/request-replay.ts';
import { startExecutionInput } from '../../src/contracts/execute-action.ts';
import type { ActionIntent } from '../../src/domain/intent/action-intent.ts';
import { approvedIntent, finished, putIntent, REPLAY, replayStarted, started } from '../support/attempts.ts';
import { SCOPE } from '../support/intents.ts';
import { minute } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const INTENT = approvedIntent();
const ID = INTENT.action_intent_id;

type Start = Parameters<ExecutionStarter['startIfNew']>[0];

/** Takes a name once, as Step Functions does. */
const recordedStarter = () => {
  const starts: Start[] = [];
  const starter: ExecutionStarter = {
    async startIfNew(start) {
      if (!starts.some(({ name }) => name === start.name)) starts.push(start);
      return { execution_arn: `arn:${start.name}` };
    },
  };
  return { starts, starter };
};

const replay = (starter: ExecutionStarter, more: Partial<ReplayRequest> = {}) => {
  const { clock, intents, executions } = world.runtime;
  const ledger = createExecutionLedger(world.tables.documentClient, world.names);
  const request = { ...SCOPE, action_intent_id: ID, ...REPLAY, ...more };
  return requestReplay({ clock, intents, executions, ledger, starter }, request);
};

const entries = async () =>
  (await world.rows('LEDGER_TABLE_NAME')).filter(({ eventType }) => eventType === 'REPLAY_REQUESTED');

const ended = async (intent: ActionIntent = INTENT) => {
  await putIntent(world, intent);
  await started(world, intent, 5);
  await finished(world, intent, 5);
  world.clock.set(minute(10));
};

describe('a replay that is asked for', () => {
  it('is in the ledger with who asked and why, and starts under the number of its execution', async () => {
    await ended();
    const { starts, starter } = recordedStarter();
    const name = `replay-${ID}-2`;
    expect(await replay(starter)).toEqual({ ok: true, execution_arn: `arn:${name}`, attempt_count: 2 });
    expect(await entries()).toEqual([
      expect.objectContaining({
        ...{ entryId: `exec-${ID}-2-REPLAY_REQUESTED`, timestamp: minute(10), traceId: INTENT.trace_id },
        ...{ tenantId: 'acme', accountId: 'a1' },
        data: { action_intent_id: ID, attempt_count: 2, ...REPLAY },
      }),
    ]);
    const approval = { approval_source: 'HUMAN', auto_executed: false };
    const data = { action_intent_id: ID, ...SCOPE, ...approval };
    expect(starts).toEqual([{ name, input: { detail: { data }, replay: REPLAY } }]);
  });

  it('starts with what the machine takes, and says that the policy approved when it did', async () => {
    await ended(approvedIntent(1, { approval_source: 'POLICY' }));
    const { starts, starter } = recordedStarter();
    await replay(starter);
    const { input } = startExecutionInput.parse({ execution_id: 'any', input: starts[0]?.input });
    expect(input.detail.data).toMatchObject({ approval_source: 'POLICY', auto_executed: true });
  });

  it('joins one that was asked for and has not begun, whose reason stands', async () => {
    await ended();
    const { starts, starter } = recordedStarter();
    const first = await replay(starter);
    world.clock.set(minute(11));
    expect(await replay(starter, { requested_by: 'carla', reason: 'me too' })).toEqual(first);
    expect(await entries()).toHaveLength(1);
    expect(starts).toMatchObject([{ input: { replay: REPLAY } }]);
  });

  it('starts after all when it is asked for again because Step Functions was not there', async () => {
    await ended();
    const { starts, starter } = recordedStarter();
    const away: ExecutionStarter = { startIfNew: () => Promise.reject(new Error('away')) };
    await expect(replay(away)).rejects.toThrow('away');
    world.clock.set(minute(11));
    expect(await replay(starter)).toMatchObject({ ok: true, attempt_count: 2 });
    expect([await entries(), starts]).toMatchObject([[{ timestamp: minute(10) }], [{}]]);
  });

  it('is one execution and one entry when two ask at once', async () => {
    await ended();
    const { starts, starter } = recordedStarter();
    const [one, two] = await Promise.all([replay(starter), replay(starter)]);
    expect(one).toEqual(two);
    expect(starts).toHaveLength(1);
    expect(await entries()).toHaveLength(1);
  });

  it('has the next number after one that has ended', async () => {
    await ended();
    const { starts, starter } = recordedStarter();
    await replay(starter);
    await replayStarted(world, INTENT, 10);
    await finished(world, INTENT, 10, { attempt_count: 2, replay: REPLAY });
    expect(await replay(starter)).toMatchObject({ ok: true, attempt_count: 3 });
    expect(starts.map(({ name }) => name)).toEqual([`replay-${ID}-2`, `replay-${ID}-3`]);
  });
});

describe('a replay is refused, and leaves no trace,', () => {
  const refused = async (code: string, message: string, more: Partial<ReplayRequest> = {}) => {
    const { starts, starter } = recordedStarter();
    expect(await replay(starter, more)).toEqual({ ok: false, code, message });
    expect([starts, await entries()]).toEqual([[], []]);
  };

  it('when the account has no such intent', async () => {
    await ended();
    const message = `the account has no action intent ${ID}`;
    await refused('NOT_FOUND', message, { account_id: 'a2' });
    await refused('NOT_FOUND', message, { tenant_id: 'beta' });
  });

  it('when nobody has executed it yet', async () => {
    await putIntent(world, INTENT);
    await refused('NOT_ENDED', `action intent ${ID} was not executed yet`);
  });

  it('while it is being executed', async () => {
    await putIntent(world, INTENT);
    await started(world, INTENT, 5);
    await refused('NOT_ENDED', `action intent ${ID} is being executed since ${minute(5)}`);
  });

  it.each(['CANCELLED', 'REJECTED', 'EXPIRED', 'PENDING_APPROVAL'] as const)(
    'when its intent is %s',
    async (status) => {
      await ended(approvedIntent(1, { status }));
      await refused('INTENT_NOT_APPROVED', `action intent ${ID} is ${status}, and not approved`);
    },
  );

  it('when nothing says who approved it', async () => {
    const { approval_source: _, ...intent } = INTENT;
    await ended(intent);
    await refused('INTENT_NOT_APPROVED', `action intent ${ID} is APPROVED, and not approved`);
  });

  it('from the instant on at which it lapses', async () => {
    await ended();
    world.clock.set(INTENT.expires_at);
    await refused('INTENT_EXPIRED', `action intent ${ID} has lapsed at ${INTENT.expires_at}`);
  });
});
