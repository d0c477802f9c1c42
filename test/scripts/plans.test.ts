import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { plansTool } from '../../scripts/plans.ts';
import { eventSk, planPk } from '../../src/adapters/dynamodb/keys.ts';
import type { LedgerEntry } from '../../src/domain/ledger/plan-ledger.ts';
import { toolProcess } from './call-tool.ts';
import { LOCAL_NOW, tableOf, useLocalStage } from './local-stage.ts';
import { SAMPLE } from './sample.ts';

const stage = useLocalStage(SAMPLE);

/** The tool as a process of its own. */
const started = (...args: string[]) => toolProcess('plans', args, stage.settings);

const ledgerKey = (planId: string, seq: number) => ({
  TableName: tableOf(stage, 'PLAN_LEDGER_TABLE_NAME'),
  Key: { pk: planPk(planId), sk: eventSk(seq) },
});

const newestEntry = async (planId: string): Promise<LedgerEntry | undefined> =>
  (await stage.world.system.runtime.plans.ledger(planId)).at(-1);

const columns = (stdout: string): string[][] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => line.split(/ {2,}/));

test('the list shows every plan, its status, and what waits for a person', async () => {
  await stage.cycle();
  const { code, stdout } = await stage.run(plansTool, 'list');
  expect(code).toBe(0);
  const expires = '2031-04-01T09:00:00.000Z';
  expect(columns(stdout)).toEqual([
    ['tenant', 'account', 'plan', 'status', 'objective', 'expires', 'waits for a person'],
    ['acme', 'a1', 'by-itself', 'COMPLETED', 'Renew a1', expires],
    [
      ...['acme', 'a2', 'with-person', 'ACTIVE', 'Renew a2', expires],
      'brief: approve-intent or reject-intent (ACTION_TYPE_NOT_ALLOWLISTED)',
    ],
    ['beta', 'b1', 'drafted', 'DRAFT', 'Renew b1', expires, 'approve'],
    [
      ...['beta', 'b2', 'of-beta', 'ACTIVE', 'Renew b2', expires],
      'brief: approve-intent or reject-intent (ACTION_TYPE_NOT_ALLOWLISTED)',
    ],
  ]);
});

test('the list keeps to the tenants and statuses that were named', async () => {
  const { json } = await stage.document(plansTool, 'list', '--tenant', 'beta', '--status', 'draft,paused');
  expect(json).toEqual({
    plans: [
      {
        ...{ tenant_id: 'beta', account_id: 'b1', plan_id: 'drafted', plan_type: 'RENEWAL_DEFENSE' },
        ...{ plan_status: 'DRAFT', objective: 'Renew b1', expires_at: '2031-04-01T09:00:00.000Z' },
        waits_for_a_person: [{ what: 'approve', until: '2031-04-01T09:00:00.000Z' }],
      },
    ],
    unreadable: [],
  });
  const unknown = await stage.run(plansTool, 'list', '--tenant', 'nobody');
  expect(unknown).toMatchObject({ code: 2, stderr: '--tenant: "nobody": there is no such tenant\n' });
});

test('a plan whose row is no plan is named, and the others are listed', async () => {
  const { documentClient } = stage.world;
  const Key = { pk: 'TENANT#beta#ACCOUNT#b2', sk: planPk('of-beta') };
  const TableName = tableOf(stage, 'REVENUE_PLANS_TABLE_NAME');
  const UpdateExpression = 'SET steps = :none';
  const update = { TableName, Key, UpdateExpression, ExpressionAttributeValues: { ':none': 'none' } };
  await documentClient.send(new UpdateCommand(update));
  const { code, stdout, stderr } = await stage.run(plansTool, 'list', '--tenant', 'beta');
  expect(code).toBe(1);
  expect(columns(stdout).map(([, , plan]) => plan)).toEqual(['plan', 'drafted']);
  expect(stderr).toMatch(/^plan of-beta cannot be read: StoredRowInvalidError: .*steps: /);
});

test('a person approves a plan at the time of the local clock', async () => {
  const { code, stdout } = await started('approve', 'drafted', '--by', 'ben');
  expect({ code, first: stdout.split('\n')[0] }).toEqual({
    code: 0,
    first: 'drafted: approve by ben: done, APPROVED',
  });
  const entry = await newestEntry('drafted');
  expect(entry).toMatchObject({ event_type: 'PLAN_APPROVED', actor: { kind: 'human', id: 'ben' } });
  expect(entry?.timestamp.slice(0, 13)).toBe(LOCAL_NOW.slice(0, 13));
});

test('a refusal is one line with its code and exit code 1, and one document with --json', async () => {
  const args = ['approve', 'drafted', '--by', 'ana'];
  const message = 'plan drafted was created by ana, who cannot approve it';
  expect(await started(...args)).toEqual({
    ...{ code: 1, stdout: '', stderr: `refused: SELF_APPROVAL: ${message}\n` },
  });
  const { code, stdout } = await started(...args, '--json');
  expect({ code, json: JSON.parse(stdout) }).toEqual({
    code: 1,
    json: { refused: { code: 'SELF_APPROVAL', message, reasons: [] } },
  });
  expect(await newestEntry('drafted')).toMatchObject({ event_type: 'PLAN_CREATED' });
});

test('an unknown plan is refused', async () => {
  for (const args of [
    ['show', 'no-plan'],
    ['abort', 'no-plan', '--by', 'ben'],
  ]) {
    const stderr = 'refused: PLAN_NOT_FOUND: there is no plan no-plan\n';
    expect(await stage.run(plansTool, ...args)).toEqual({ code: 1, stdout: '', stderr });
  }
});

test('an approved intent is published and executed, and its plan completes', async () => {
  await stage.cycle();
  const { json } = await stage.document(plansTool, 'approve-intent', 'with-person', 'brief', '--by', 'ben');
  expect(json).toMatchObject({ plan_status: 'ACTIVE', notes: [], events: [{ event_type: 'STEP_APPROVED' }] });
  await stage.settled();
  expect((await newestEntry('with-person'))?.event_type).toBe('PLAN_COMPLETED');
});

test('a rejected intent pauses its plan, with what the person said, until it is resumed', async () => {
  await stage.cycle();
  const on = async (...args: string[]) => (await stage.run(plansTool, ...args, '--by', 'ben')).code;
  expect(await on('reject-intent', 'with-person', 'brief', '--reason', 'too early')).toBe(0);
  const { stdout } = await stage.run(plansTool, 'show', 'with-person');
  expect(stdout).toMatch(/^with-person: PAUSED \(approval_rejected\)$/m);
  expect(stdout).toMatch(/^ {2}waits for a person: resume$/m);
  expect(stdout).toMatch(/STEP_FAILED brief .*reason approval_rejected .*note too early .*by ben$/m);
  expect(await on('skip-step', 'with-person', 'brief')).toBe(0);
  expect(await on('resume', 'with-person')).toBe(0);
  await stage.cycle();
  expect((await newestEntry('with-person'))?.event_type).toBe('PLAN_COMPLETED');
});

const WAITING = ['deadline', 'tenant', 'plan', 'step', 'action', 'risk', 'reason', 'hash'];

test('what waits is listed, edited, shown anew, and approved as it was shown', async () => {
  await stage.cycle();
  const listed = await stage.run(plansTool, 'waiting', '--tenant', 'acme');
  const [head, row = [], ...others] = columns(listed.stdout);
  expect({ code: listed.code, head, others }).toEqual({ code: 0, head: WAITING, others: [] });
  const reason = 'ACTION_TYPE_NOT_ALLOWLISTED';
  expect(row.slice(1, -1)).toEqual(['acme', 'with-person', 'brief', 'PREP_RENEWAL_BRIEF', 'LOW', reason]);
  const old = row.at(-1) as string;
  const step = ['with-person', '--step', 'brief'];
  const edit = ['edit-intent', ...step, '--set', 'content=Short and clear', '--by', 'ben', '--shown', old];
  const edited = await stage.run(plansTool, ...edit, '--reason', 'too long');
  expect(edited.stdout).toMatch(
    /^with-person: edit-intent by ben: done, ACTIVE\n.*STEP_INTENT_EDITED brief$/m,
  );
  const approve = ['approve-intent', ...step, '--shown', old];
  expect(await stage.run(plansTool, ...approve, '--by', 'carla')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^refused: CONTENT_CHANGED: /),
  });
  const { json } = await stage.document(plansTool, 'waiting', '--tenant', 'acme', '--account', 'a2');
  const [shown] = (json as { waiting: { content_hash: string }[] }).waiting;
  expect(json).toMatchObject({
    waiting: [{ parameters: { content: 'Short and clear' }, edited_by: ['ben'], escalated_at: null }],
    ...{ blocked: [], unreadable: [] },
  });
  const now = ['approve-intent', ...step, '--shown', `${shown?.content_hash}`];
  expect((await stage.run(plansTool, ...now, '--by', 'ben')).stderr).toMatch(/^refused: SELF_APPROVAL: /);
  expect((await stage.run(plansTool, ...now, '--by', 'carla')).code).toBe(0);
  await stage.settled();
  expect(await newestEntry('with-person')).toMatchObject({ event_type: 'PLAN_COMPLETED' });
  expect((await stage.run(plansTool, 'waiting', '--tenant', 'acme')).stdout).toBe(
    'Nothing waits for a person.\n',
  );
});

test('an edit may be approved in the same act, and one that does not fit is refused', async () => {
  await stage.cycle();
  const edit = ['edit-intent', 'of-beta', 'brief', '--by', 'ben', '--approve'];
  expect(await stage.run(plansTool, ...edit, '--set', 'colour=red')).toMatchObject({
    code: 1,
    stderr: 'refused: INVALID_PARAMETERS: PREP_RENEWAL_BRIEF does not know colour; it knows content\n',
  });
  const { json } = await stage.document(plansTool, ...edit, '--set', 'content=Short');
  expect(json).toMatchObject({
    events: [{ event_type: 'STEP_INTENT_EDITED' }, { event_type: 'STEP_APPROVED' }],
  });
  await stage.settled();
  expect(await newestEntry('of-beta')).toMatchObject({ event_type: 'PLAN_COMPLETED' });
});

test('a refusal by policy names its reasons', async () => {
  await stage.cycle();
  const TableName = tableOf(stage, 'TENANTS_TABLE_NAME');
  await stage.world.documentClient.send(
    new UpdateCommand({
      ...{ TableName, Key: { tenantId: 'acme' }, UpdateExpression: 'SET #status = :gone' },
      ...{
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':gone': 'suspended' },
      },
    }),
  );
  await stage.run(plansTool, 'pause', 'with-person', '--by', 'ben');
  const { code, json } = await stage.document(plansTool, 'resume', 'with-person', '--by', 'ben');
  expect(code).toBe(1);
  expect(json).toMatchObject({
    refused: {
      code: 'POLICY',
      reasons: [{ code: 'PRECONDITIONS_UNMET', message: expect.stringContaining('acme') }],
    },
  });
});

test('a plan is shown with its steps, its timeline and a ledger that was checked', async () => {
  await stage.cycle();
  const { code, stdout } = await stage.run(plansTool, 'show', 'with-person');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^with-person: ACTIVE\n {2}Renew a2\n/);
  expect(stdout).toMatch(
    /^brief +PREP_RENEWAL_BRIEF +PENDING_APPROVAL +1 +approve-intent or reject-intent \(ACTION_TYPE_NOT_ALLOWLISTED\) +2031-\S+ +[0-9a-f-]{36}$/m,
  );
  expect(stdout).toMatch(/^ +1 {2}2031-03-03T09:\S+ {2}PLAN_CREATED · by ana$/m);
  expect(stdout).toMatch(/^ +5 .* STEP_APPROVAL_REQUIRED brief/m);
  expect(stdout).toMatch(/^Ledger: ok \(5 entries, /m);
});

test('a ledger entry that was changed is found out, with exit code 3', async () => {
  const change = {
    UpdateExpression: 'SET actor.id = :other',
    ExpressionAttributeValues: { ':other': 'eve' },
  };
  await stage.world.documentClient.send(new UpdateCommand({ ...ledgerKey('of-beta', 2), ...change }));
  expect(await stage.run(plansTool, 'show', 'of-beta')).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/^Ledger: BROKEN\n {2}entry 2 does not fit its hash$/m),
    stderr: 'plan of-beta: the ledger is broken: entry 2 does not fit its hash\n',
  });
});

test.each([
  ['first', 1, ['entry 1 has seq 2', 'entry 2 does not follow 0']],
  ['last', 2, ['the plan row is not the fold of its ledger']],
])('a ledger whose %s entry is gone is found out', async (_, seq, problems) => {
  await stage.world.documentClient.send(new DeleteCommand(ledgerKey('of-beta', seq)));
  const { code, json } = await stage.document(plansTool, 'show', 'of-beta');
  expect({ code, json }).toMatchObject({ code: 3, json: { verification: { ok: false, problems } } });
});

test('bad input says what does not fit, shows the usage, and exits with 2', async () => {
  const { code, stdout, stderr } = await started('pause', 'of-beta');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^--by is missing\n\nnpm run plans -- COMMAND/);
});
