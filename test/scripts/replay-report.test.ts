import { describe, expect, it } from '@jest/globals';
import { awaitReplay } from '../../scripts/cli/await-replay.ts';
import type { StageReplays } from '../../scripts/cli/open-replays.ts';
import { replayArguments } from '../../scripts/cli/replay-arguments.ts';
import { replayNotRecorded, replayReport } from '../../scripts/cli/replay-report.ts';
import { found } from '../../scripts/cli/waiting.ts';
import type { ExecutionStore, IntentStore } from '../../src/application/ports/executions.ts';
import type { ActionOutcome } from '../../src/domain/execution/execution.ts';
import type { EndedExecution } from '../../src/domain/execution/execution-status.ts';
import { fake } from '../support/fakes/fake.ts';
import { SCOPE } from '../support/intents.ts';
import { newOutcome } from '../support/outcomes.ts';
import { minute } from '../support/plan-fixtures.ts';
import { settableClock } from '../support/settable-clock.ts';

const REPLAY = { action_intent_id: 'i1', execution_arn: 'arn:x', attempt_count: 2 };

const outcome = (more: Partial<EndedExecution> = {}): EndedExecution => ({
  ...{ status: 'SUCCEEDED', attempt_count: 2, started_at: minute(5), completed_at: minute(6) },
  ...{ external_object_refs: [], compensation_status: 'NONE' },
  ...more,
});

describe('the command line of a replay', () => {
  const NEEDED = ['--intent', 'i1', '--reason', 'again'];
  const PLACE = ['--tenant', 'acme', '--account', 'a1'];

  it('names the intent, where it stands, who asks and why', () => {
    expect(replayArguments([...NEEDED, ...PLACE, '--by', 'ben', '--stage', 'dev'])).toEqual({
      ...{ stage: 'dev', action_intent_id: 'i1', reason: 'again', requested_by: 'ben' },
      place: { tenant_id: 'acme', account_id: 'a1' },
    });
    expect(replayArguments([...NEEDED, '--plan', 'p1']).place).toEqual({ plan_id: 'p1' });
  });

  it.each([
    ['no intent', ['--reason', 'again', ...PLACE], '--intent is missing'],
    ['no reason', ['--intent', 'i1', ...PLACE], '--reason is missing'],
    ['a reason too long', ['--intent', 'i1', '--reason', 'x'.repeat(2001), ...PLACE], '--reason has 2001'],
    ['no place', NEEDED, '--tenant and --account, or --plan, must say where the intent stands'],
    ['a tenant alone', [...NEEDED, '--tenant', 'acme'], '--account is missing'],
    ['an account alone', [...NEEDED, '--account', 'a1'], '--tenant is missing'],
    ['plan and tenant', [...NEEDED, '--plan', 'p1', '--tenant', 'acme'], '--plan says tenant and account'],
    ['an id that is none', ['--intent', 'i#1', '--reason', 'again', ...PLACE], '--intent: "i#1"'],
    ['a blank name', [...NEEDED, ...PLACE, '--by', ' '], '--by is missing'],
    ['a word too many', [...NEEDED, ...PLACE, 'now'], 'unexpected "now"'],
    ['an unknown option', [...NEEDED, ...PLACE, '--force'], '--force'],
  ])('with %s is bad input', (_, args, message) => {
    expect(() => replayArguments(args)).toThrow(message);
  });
});

describe('the report of a replay', () => {
  it('names what was made, with its address', () => {
    const url = { object_url: 'https://crm.example/T1' };
    const ref = { system: 'CRM', object_type: 'Task', object_id: 'T1', ...url } as const;
    expect(replayReport(REPLAY, outcome({ external_object_refs: [ref] }))).toMatchObject({
      exitCode: 0,
      text: [
        'i1: execution 2 SUCCEEDED',
        `  started ${minute(5)}, completed ${minute(6)}`,
        '  CRM Task T1 https://crm.example/T1',
      ].join('\n'),
    });
  });

  it('says what went wrong, in one line, and whether it was undone', () => {
    const failed = outcome({
      ...{ status: 'FAILED', error_code: 'CRM_REFUSED', error_class: 'VALIDATION', error_message: 'no\nway' },
      ...{ compensation_status: 'FAILED', compensation_error: 'gone' },
    });
    const { exitCode, complaint, text } = replayReport(REPLAY, failed);
    expect([exitCode, complaint]).toEqual([1, 'FAILED: CRM_REFUSED (VALIDATION): no way']);
    expect(text).toMatch(/^ {2}undone: FAILED \(gone\)$/m);
    const pending = outcome({
      status: 'UNKNOWN',
      error_code: 'OUTCOME_UNKNOWN',
      compensation_status: 'PENDING',
    });
    expect(replayReport(REPLAY, pending)).toMatchObject({
      ...{ exitCode: 1, complaint: 'UNKNOWN: OUTCOME_UNKNOWN (UNKNOWN)' },
      text: expect.stringMatching(/^ {2}undone: PENDING$/m),
    });
  });

  it('says why an execution recorded nothing', () => {
    const cause = JSON.stringify({ errorMessage: 'action intent i1 is CANCELLED, not APPROVED' });
    const error = 'IntentNotApprovedError';
    expect(replayNotRecorded(REPLAY, { status: 'FAILED', error, cause })).toMatchObject({
      exitCode: 1,
      complaint: `the execution recorded no outcome: ${error}: action intent i1 is CANCELLED, not APPROVED`,
    });
    expect(replayNotRecorded(REPLAY, {}).complaint).toBe(
      'the execution recorded no outcome: UNKNOWN: no cause given',
    );
  });
});

describe('looking for something again and again', () => {
  const looks = (...seen: (string | undefined)[]) => {
    const ran: number[] = [];
    const looking = {
      ...{ signal: new AbortController().signal, patienceMs: 60_000, everyMs: 1 },
      look: async () => seen.shift(),
      onRunning: (elapsedMs: number) => void ran.push(elapsedMs),
    };
    return { looking, ran };
  };

  it('ends with the first that is found', async () => {
    const { looking, ran } = looks(undefined, undefined, 'it', 'another');
    expect(await found(looking)).toBe('it');
    expect(ran).toHaveLength(2);
  });

  it('ends when patience does', async () => {
    const { looking, ran } = looks();
    expect(await found({ ...looking, patienceMs: 0 })).toBeUndefined();
    expect(ran).toEqual([0]);
  });

  it('ends when somebody wants to wait no longer', async () => {
    const { looking } = looks();
    const waiting = new AbortController();
    const onRunning = () => waiting.abort();
    expect(await found({ ...looking, signal: waiting.signal, everyMs: 60_000, onRunning })).toBeUndefined();
  });
});

describe('the replay of an EXPRESS machine, of which Step Functions tells nothing,', () => {
  const EXPRESS = {
    ...REPLAY,
    execution_arn: 'arn:aws:states:us-east-1:000000000000:express:m:replay-i1-2:id',
  };
  const replayed = newOutcome({ attempt_count: 2, replay: { reason: 'again', requested_by: 'ben' } });

  const stageWith = (...outcomes: ActionOutcome[][]) =>
    fake<StageReplays>('StageReplays', {
      clock: settableClock(),
      cliOptions: '',
      intents: fake<IntentStore>('IntentStore', { get: async () => undefined }),
      executions: fake<ExecutionStore>('ExecutionStore', {
        get: async () => undefined,
        outcomes: async () => outcomes.shift() ?? [],
      }),
    });

  it('has ended when its own outcome is there, and not before', async () => {
    const looks: number[] = [];
    const waiting = {
      signal: new AbortController().signal,
      onRunning: (elapsedMs: number) => void looks.push(elapsedMs),
    };
    const stage = stageWith([newOutcome()], [newOutcome(), replayed]);
    expect(await awaitReplay(stage, SCOPE, EXPRESS, waiting)).toMatchObject({ exitCode: 0 });
    expect(looks).toHaveLength(1);
  });

  it('goes on when somebody waits no longer', async () => {
    const waiting = new AbortController();
    const asked = awaitReplay(stageWith(), SCOPE, EXPRESS, {
      signal: waiting.signal,
      onRunning: () => waiting.abort(),
    });
    expect(await asked).toMatchObject({ exitCode: 130, document: { interrupted: true } });
  });
});
