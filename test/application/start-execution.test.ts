import { describe, expect, it } from '@jest/globals';
import {
  ExecutionAlreadyInProgressError,
  IntentNotApprovedError,
  IntentNotFoundError,
} from '../../src/application/errors.ts';
import { startExecution } from '../../src/application/start-execution.ts';
import {
  EXECUTION_GRACE_SECONDS,
  EXECUTION_TIMEOUT_SECONDS,
  type ReplayOf,
} from '../../src/domain/execution/execution.ts';
import { secondsAfter } from '../../src/domain/identifiers.ts';
import { INTENT, inFlight } from '../support/in-flight.ts';
import { SCOPE } from '../support/intents.ts';
import { newOutcome } from '../support/outcomes.ts';
import { approveIntent, EXPIRY, minute, newStep } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const startAs = (execution_id: string, now = minute(5), replay?: ReplayOf) => {
  world.clock.set(now);
  const { intents, executions } = world.runtime;
  const data = {
    ...SCOPE,
    action_intent_id: INTENT,
    approval_source: 'HUMAN',
    auto_executed: false,
  } as const;
  return startExecution(
    { clock: world.clock, intents, executions },
    { execution_id, input: { detail: { data }, replay } },
  );
};
const STEPS = { steps: [newStep('s1', { constraints: { topic: 'renewal' } })] };
const approved = () => inFlight(world, [approveIntent('s1', 4)], STEPS);

describe('starting an execution', () => {
  it('takes the intent and hands on what the next states need', async () => {
    await approved();
    expect(await startAs('one')).toEqual({
      ...{
        ...SCOPE,
        execution_id: 'one',
        action_intent_id: INTENT,
        plan_id: 'p1',
        step_id: 's1',
        attempt: 1,
      },
      ...{ action_type: 'PREP_RENEWAL_BRIEF', approval_source: 'HUMAN' },
      ...{
        auto_executed: false,
        attempt_count: 1,
        registry_version: 1,
        started_at: minute(5),
        trace_id: INTENT,
      },
    });
  });

  it('sets a deadline after which it counts as dead', async () => {
    await approved();
    await startAs('one');
    const deadline_at = secondsAfter(minute(5), EXECUTION_TIMEOUT_SECONDS + EXECUTION_GRACE_SECONDS);
    expect(await world.runtime.executions.get(SCOPE, INTENT)).toMatchObject({ owner: 'one', deadline_at });
  });

  it('passes when the same execution starts again', async () => {
    await approved();
    const first = await startAs('one');
    expect(await startAs('one', minute(6))).toEqual(first);
  });

  it('is refused while another execution has the intent', async () => {
    await approved();
    await startAs('one');
    await expect(startAs('two')).rejects.toThrow(ExecutionAlreadyInProgressError);
    await expect(startAs('two')).rejects.toThrow(`another execution has action intent ${INTENT}`);
  });

  it('is refused for an intent that is not approved', async () => {
    await inFlight(world);
    await expect(startAs('one')).rejects.toThrow(IntentNotApprovedError);
  });

  it('takes an intent that has lapsed, so that this is recorded', async () => {
    await approved();
    expect(await startAs('one', EXPIRY)).toMatchObject({ attempt_count: 1 });
  });

  it('is refused months later, too', async () => {
    await approved();
    await startAs('one');
    await world.runtime.executions.finishOnce(newOutcome());
    await expect(startAs('two', '2026-09-01T00:00:00.000Z')).rejects.toThrow(ExecutionAlreadyInProgressError);
  });

  it('is one of a hundred that are asked for at once', async () => {
    await approved();
    const starts = await Promise.allSettled(Array.from({ length: 100 }, (_, index) => startAs(`e${index}`)));
    expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('carries out again what has come to an end, for a reason', async () => {
    const replay = { reason: 'the CRM was down', requested_by: 'dana' };
    await approved();
    await expect(startAs('two', minute(6), replay)).rejects.toThrow(
      'has no execution that has come to an end',
    );
    await startAs('one');
    await world.runtime.executions.finishOnce(newOutcome());
    expect(await startAs('two', minute(9), replay)).toMatchObject({
      ...{ execution_id: 'two', attempt_count: 2, started_at: minute(9), replay },
    });
  });

  it('is refused for an intent that does not exist', async () => {
    await expect(startAs('one')).rejects.toThrow(IntentNotFoundError);
  });
});
