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
  ['list --frob', "Unknown option '--frob'"],
])('plans %s is refused', (line, message) => {
  expect(() => plansRequest(line.split(' ').filter(Boolean))).toThrow(message);
});

test.each([
  ['approve p1 --by ben', { do: 'approve_plan' }],
  ['abort p1 --by ben --reason lost', { do: 'abort', reason: 'lost' }],
  ['abort p1 --by ben --compensate', { do: 'abort', compensate: true }],
  ['approve-intent p1 s1 --by ben', { do: 'approve_intent', step_id: 's1' }],
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
