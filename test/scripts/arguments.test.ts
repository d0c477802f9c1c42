import { expect, test } from '@jest/globals';
import { backfillRequest } from '../../scripts/cli/backfill-arguments.ts';
import { plansRequest } from '../../scripts/cli/plans-arguments.ts';

test.each([
  ['', 'a command is missing'],
  ['frobnicate p1', '"frobnicate" is no command'],
  ['constructor p1 --by ben', '"constructor" is no command'],
  ['show', 'PLAN is missing'],
  ['show p1 p2', 'show: unexpected "p2"'],
  ['show p1 --by ben', '--by does not go with show'],
  ['show a#b', 'PLAN: "a#b": must start with a letter or digit'],
  ['list p1', 'list: unexpected "p1"'],
  ['list --status ACTIVE,GONE', '--status: "GONE" is none of DRAFT, '],
  ['list --tenant a#b', '--tenant: "a#b": must start with'],
  ['pause p1', '--by is missing'],
  ['pause p1 --by=', '--by is missing'],
  ['pause p1 s1 --by ben', 'pause: unexpected "s1"'],
  ['skip-step p1 --by ben', 'STEP is missing'],
  ['pause p1 --by ben --compensate', '--compensate does not go with pause'],
  [`abort p1 --by ben --reason ${'x'.repeat(2001)}`, '--reason has 2001 characters; 2000 are allowed'],
  ['waiting p1', 'waiting: unexpected "p1"'],
  ['waiting --status ACTIVE', '--status does not go with waiting'],
  ['waiting --account a1', '--account needs exactly one --tenant'],
  ['waiting --account a#1 --tenant t', '--account: "a#1": must start with'],
  ['approve-intent p1 s1 --step s1 --by ben', 'STEP and --step are the same; give one of them'],
  ['approve-intent p1 s1 --by ben --shown abc', '--shown: "abc" is not the first 12 to 64 hex digits'],
  ['approve-intent p1 s1 --by ben --attempt 0', '--attempt: "0" is not a whole number from 1 to'],
  ['approve-intent p1 s1 --by ben --set a=b', '--set does not go with approve-intent'],
  ['skip-step p1 s1 --by ben --shown 0123456789ab', '--shown does not go with skip-step'],
  ['edit-intent p1 s1 --by ben', '--set, --set-json or --unset is missing'],
  ['edit-intent p1 s1 --by ben --set content', '--set: "content" is not NAME=VALUE'],
  ['edit-intent p1 s1 --by ben --set =x', '--set: "=x" is not NAME=VALUE'],
  ['edit-intent p1 s1 --by ben --set-json n=x', '--set-json: the value of n is no JSON: "x"'],
  ['edit-intent p1 s1 --by ben --set a=b --unset a', 'parameter "a" is named twice'],
  ['list --frob', "Unknown option '--frob'"],
])('plans %s is refused', (line, message) => {
  expect(() => plansRequest(line.split(' ').filter(Boolean))).toThrow(message);
});

test.each([
  ['approve p1 --by ben', { do: 'approve_plan' }],
  ['abort p1 --by ben --reason lost', { do: 'abort', reason: 'lost' }],
  ['abort p1 --by ben --compensate', { do: 'abort', compensate: true }],
  ['approve-intent p1 s1 --by ben', { do: 'approve_intent', step_id: 's1' }],
  [
    'approve-intent p1 --step s1 --by ben --shown 0123456789ab --attempt 2',
    { do: 'approve_intent', step_id: 's1', shown: '0123456789ab', attempt: 2 },
  ],
  [
    'edit-intent p1 s1 --by ben --set content=a=b --set-json minutes=45 --unset tone --approve',
    {
      ...{ do: 'edit_intent', step_id: 's1', approve: true },
      parameters: { content: 'a=b', minutes: 45, tone: null },
    },
  ],
  [
    'edit-intent p1 s1 --by ben --unset tone',
    { do: 'edit_intent', step_id: 's1', parameters: { tone: null } },
  ],
  ['grant-attempt p1 s1 --by ben --reason again', { do: 'grant_attempt', step_id: 's1', reason: 'again' }],
])('plans %s is understood', (line, command) => {
  const request = plansRequest(line.split(' '));
  expect(request).toEqual({
    ...{
      kind: 'CHANGE',
      stage: 'local',
      verb: line.split(' ')[0],
      planId: 'p1',
      by: 'ben',
    },
    command,
  });
});

test('an approval may have a reason', () => {
  const { command } = plansRequest(['approve', 'p1', '--by', 'ben', '--reason', 'fine']) as {
    command?: unknown;
  };
  expect(command).toEqual({ do: 'approve_plan', reason: 'fine' });
});

test.each([
  ['--force', 'at least one --tenant or --plan is needed'],
  ['acme', 'unexpected "acme"'],
  ['--plan p#1', '--plan: "p#1": must start with'],
  ['--plan p1 --as-of yesterday', '--as-of: "yesterday": must be an ISO-8601 date and time'],
  [Array.from({ length: 101 }, (_, index) => `--plan p${index}`).join(' '), 'plan_ids: '],
])('backfill %s is refused', (line, message) => {
  expect(() => backfillRequest(line.split(' '))).toThrow(message);
});

test.each([
  ['waiting', { tenants: [], accountId: undefined }],
  ['waiting --tenant acme --account a1', { tenants: ['acme'], accountId: 'a1' }],
])('plans %s is understood', (line, request) => {
  expect(plansRequest(line.split(' '))).toEqual({ kind: 'WAITING', stage: 'local', ...request });
});
