import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { autonomyTool } from '../../scripts/autonomy.ts';
import { toolProcess } from './call-tool.ts';
import { LOCAL_NOW, tableOf, useLocalStage } from './local-stage.ts';
import { SAMPLE } from './sample.ts';

const stage = useLocalStage(SAMPLE);

const TYPE = 'PREP_RENEWAL_BRIEF';
const OF_A1 = ['--tenant', 'acme', '--account', 'a1'];
const BEN = ['--by', 'ben'];

const run = (...args: string[]) => stage.run(autonomyTool, ...args);
const document = (...args: string[]) => stage.document(autonomyTool, ...args);
/** The tool as a process of its own. */
const started = (...args: string[]) => toolProcess('autonomy', args, stage.settings);

const EXPLAIN = ['explain', ...OF_A1, '--type', TYPE];
const explained = () => run(...EXPLAIN);
const linesOf = (text: string) => text.split('\n').map((line) => line.split(/ {2,}/));

test('what counts for an action type is explained, with the version of every row', async () => {
  await stage.cycle();
  const { code, stdout } = await started(...EXPLAIN);
  expect(code).toBe(0);
  const day = LOCAL_NOW.slice(0, 10);
  const [head, ...lines] = linesOf(stdout);
  expect(head).toEqual([`${TYPE} for account a1 of tenant acme, active, on ${day} (UTC)`]);
  expect(lines).toEqual([
    [
      '',
      `gate: AUTO_EXECUTED (AUTO_EXECUTE_ALLOWED): ${TYPE} of LOW risk may run by itself, within the budget of ${day}`,
    ],
    ['', 'mode: AUTO_EXECUTE · risk: LOW'],
    [''],
    ['what', 'of', 'version', 'says', 'note'],
    ['mode', 'account, type', '0', 'AUTO_EXECUTE', 'decides'],
    ['mode', 'tenant, type', '0', '-'],
    ['mode', 'account, default', '0', '-'],
    ['mode', 'tenant, default', '0', '-'],
    ['allowlist', 'account', '0', TYPE, 'counts, has it'],
    ['allowlist', 'tenant', '0', '-'],
    ['budget', 'account', '0', '5 a day', 'taken 1, carried out 1, left 4'],
    ['budget', 'tenant', '0', '-', 'taken 0'],
    ['kill switch', 'tenant', '0', '-'],
    ['kill switch', 'all tenants', '0', '-'],
    [''],
  ]);
});

test('modes, allowlists and budgets are changed, and count at once', async () => {
  const set = async (...args: string[]) => (await document(...args, ...OF_A1, ...BEN)).json;
  expect(await set('set-mode', '--mode', 'DISABLED', '--type', TYPE, '--if-match', '0')).toEqual({
    ...{ changed: true, version: 1, value: { mode: 'DISABLED' }, old_value: { mode: 'AUTO_EXECUTE' } },
    ...{ row: { kind: 'MODE', tenant_id: 'acme', account_id: 'a1', action_type: TYPE }, warnings: [] },
  });
  expect((await explained()).stdout).toMatch(/gate: BLOCKED ACTION_TYPE_DISABLED \(MODE_IS_AUTO_EXECUTE\)/);
  await set('set-allowlist', '--types', 'CREATE_INTERNAL_NOTE', '--if-match', '0');
  await set('set-budget', '--per-day', '10', '--per-type', `${TYPE}=3`, '--if-match', '0');
  const { stdout } = await explained();
  expect(stdout).toMatch(/gate: REQUIRE_APPROVAL ACTION_TYPE_NOT_ALLOWLISTED/);
  expect(stdout).toMatch(/^allowlist +account +1 +CREATE_INTERNAL_NOTE +counts, does not have it$/m);
  expect(stdout).toMatch(
    new RegExp(`^budget +account +1 +10 a day, ${TYPE} 3 +taken 0, .*left 10, left of ${TYPE} 3$`, 'm'),
  );
});

test('a change at another version is refused, and tells the one there is', async () => {
  const mode = (to: string, ...seen: string[]) =>
    ['set-mode', '--tenant', 'acme', '--mode', to, ...BEN, ...seen] as const;
  expect(await run(...mode('DISABLED', '--if-match', '0', '--reason', 'an audit'))).toEqual({
    ...{ code: 0, stderr: '' },
    stdout: 'mode of tenant acme, default: changed by ben, now version 1\n  was  -\n  is   DISABLED\n',
  });
  const there = 'mode of tenant acme, default: version 1 is {"mode":"DISABLED"}';
  expect(await run(...mode('AUTO_EXECUTE', '--if-match', '0'))).toEqual({
    ...{ code: 1, stdout: '' },
    stderr: `refused: VERSION_CONFLICT: version 0 is not what there is; ${there}\n`,
  });
  expect(await document(...mode('AUTO_EXECUTE'))).toEqual({
    code: 1,
    json: {
      refused: {
        ...{ code: 'IF_MATCH_REQUIRED', version: 1, value: { mode: 'DISABLED' } },
        message: `say which version was seen; ${there}`,
      },
    },
  });
  expect((await run(...mode('DISABLED', '--if-match', '0'))).stdout).toBe(
    'mode of tenant acme, default: nothing to change, version 1 says DISABLED\n',
  );
});

test('a tenant is stopped and started again, and actions wait meanwhile', async () => {
  const stop = ['stop', '--tenant', 'acme', ...BEN, '--reason', 'an incident'];
  expect((await run(...stop)).stdout).toBe(
    'kill switch of tenant acme: changed by ben, now version 1\n  was  -\n  is   stops everything\n',
  );
  await stage.cycle();
  const statusOf = async (planId: string) =>
    (await stage.world.system.runtime.plans.ledger(planId)).at(-1)?.event_type;
  expect(await statusOf('by-itself')).toBe('STEP_APPROVAL_BLOCKED');
  expect((await explained()).stdout).toMatch(
    /^kill switch +tenant +1 +stops everything +by ben at 2031-\S+ \(an incident\)$/m,
  );
  const start = ['start', '--tenant', 'acme', ...BEN, '--reason', 'it is over'];
  expect(await run(...start)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/IF_MATCH_REQUIRED.*version 1 is/),
  });
  expect((await run(...start, '--if-match', '1')).code).toBe(0);
  expect((await explained()).stdout).toMatch(/gate: AUTO_EXECUTED/);
});

test('everybody is stopped, and the history of that is one of its own', async () => {
  const why = ['--reason', 'a wide incident'];
  expect((await run('stop', '--all', '--by', 'olga', ...why)).code).toBe(0);
  expect((await explained()).stdout).toMatch(/gate: BLOCKED KILL_SWITCH_ENABLED .*: the global kill switch/);
  expect((await run('start', '--all', '--by', 'olga', ...why, '--if-match', '1')).code).toBe(0);
  const { stdout } = await run('history', '--all');
  const [, ...lines] = linesOf(stdout.trim());
  expect(lines.map(([, ...line]) => line)).toEqual([
    ['kill switch of all tenants', '2', 'olga', 'stops everything', 'stops nothing', 'a wide incident'],
    ['kill switch of all tenants', '1', 'olga', '-', 'stops everything', 'a wide incident'],
  ]);
  expect((await run('history', '--tenant', 'acme')).stdout).toBe('No changes.\n');
});

test('the history of a tenant tells old and new, newest first', async () => {
  const types = (verb: string, ...more: string[]) =>
    run(verb, '--tenant', 'acme', '--types', `${TYPE},MISSPELT`, ...BEN, '--reason', 'a test', ...more);
  expect(await types('stop')).toMatchObject({
    ...{ code: 0, stderr: 'warning: action type MISSPELT is not registered\n' },
  });
  await types('start', '--if-match', '1');
  const { json } = await document('history', '--tenant', 'acme', '--limit', '1');
  expect(json.entries).toMatchObject([
    {
      ...{ eventType: 'KILL_SWITCH_CHANGED', tenantId: 'acme' },
      data: {
        ...{ old_value: { stopped: false, disabled_action_types: ['MISSPELT', TYPE] }, old_version: 1 },
        ...{ new_value: { stopped: false, disabled_action_types: [] }, new_version: 2, changed_by: 'ben' },
      },
    },
  ]);
  const { stdout } = await run('history', '--tenant', 'acme');
  expect(linesOf(stdout.trim()).map((line) => line.slice(1))).toEqual([
    ['what', 'version', 'by', 'was', 'is', 'why'],
    ['kill switch of tenant acme', '2', 'ben', `stops MISSPELT, ${TYPE}`, 'stops nothing', 'a test'],
    ['kill switch of tenant acme', '1', 'ben', '-', `stops MISSPELT, ${TYPE}`, 'a test'],
  ]);
});

test('a tenant that nobody knows is not stopped in vain', async () => {
  const { code, stderr } = await run('stop', '--tenant', 'acmee', ...BEN, '--reason', 'an incident');
  expect({ code, stderr }).toEqual({
    ...{ code: 1, stderr: 'refused: UNKNOWN_TENANT: there is no tenant acmee\n' },
  });
});

test('text that a terminal would obey is shown without what it would obey', async () => {
  const TableName = tableOf(stage, 'KILL_SWITCHES_TABLE_NAME');
  const Item = { pk: 'TENANT#acme', sk: 'SWITCH', stopped: '\u001b[2J', by: '\u001b[2J' };
  await stage.world.documentClient.send(new PutCommand({ TableName, Item }));
  const { stdout } = await explained();
  expect(stdout).not.toContain('\u001b');
  expect(stdout).toMatch(/^kill switch +tenant +0 +\{"stopped":/m);
});

test('bad input says what does not fit, shows the usage, and exits with 2', async () => {
  const { code, stdout, stderr } = await started('stop', '--all', ...BEN);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^--reason is missing\n\nnpm run autonomy -- COMMAND/);
  const reserved = await run('set-mode', ...OF_A1, ...BEN, '--mode', 'DISABLED', '--type', 'DEFAULT');
  expect(reserved).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^change\.action_type: "DEFAULT": is a reserved name/),
  });
});

test('the help says that a shell is taken at its word', async () => {
  const { code, stdout } = await started('--help');
  expect(code).toBe(0);
  expect(stdout).toMatch('A shell has no token: --by and --tenant are taken at their word');
});
