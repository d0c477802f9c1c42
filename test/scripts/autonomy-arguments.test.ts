import { expect, test } from '@jest/globals';
import { autonomyRequest } from '../../scripts/cli/autonomy-arguments.ts';
import { valueText } from '../../scripts/cli/config-text.ts';

const request = (line: string) => autonomyRequest(line.split(' ').filter(Boolean));

test.each([
  ['', 'a command is missing'],
  ['set', '"set" is no command'],
  ['constructor', '"constructor" is no command'],
  ['explain acme', 'explain: unexpected "acme"'],
  ['explain --tenant acme --account a1', '--type is missing'],
  ['explain --tenant acme --account a1 --type T --by ben', '--by does not go with explain'],
  ['set-mode --mode DISABLED --by ben', '--tenant is missing'],
  ['set-mode --tenant acme --mode YOLO --by ben', '--mode: "YOLO" is none of DISABLED, PROPOSE_ONLY'],
  ['set-mode --tenant acme --by ben', '--mode: "" is none of'],
  ['set-mode --tenant acme --mode DISABLED', '--by is missing'],
  ['set-mode --tenant acme --mode DISABLED --by ben --if-match x', '--if-match: "x" is not a whole number'],
  ['set-mode --tenant acme --mode DISABLED --by ben --all', '--all does not go with set-mode'],
  ['set-allowlist --tenant acme --by ben', '--types is missing'],
  ['set-allowlist --tenant acme --by ben --types A,B#C', '--types: "B#C": must start with'],
  ['set-budget --tenant acme --by ben', '--per-day is missing'],
  ['set-budget --tenant acme --by ben --per-day -1', 'argument is ambiguous'],
  ['set-budget --tenant acme --by ben --per-day=-1', '--per-day: "-1" is not a whole number from 0'],
  ['set-budget --tenant acme --by ben --per-day 1 --per-type A', '--per-type: "A" is not TYPE=NUMBER'],
  ['set-budget --tenant acme --by ben --per-day 1 --per-type A=1=2', '--per-type: "A=1=2" is not'],
  ['set-budget --tenant acme --by ben --per-day 1 --per-type A=x', '--per-type: "x" is not a whole number'],
  ['stop --by ben --reason why', 'stop: --tenant, or --all, must say whose switch is meant'],
  ['stop --all --tenant acme --by ben --reason why', '--all and --tenant exclude one another'],
  ['stop --all --types A --by ben --reason why', '--types goes with --tenant only'],
  ['stop --all --by ben', '--reason is missing'],
  ['start --tenant acme --reason why', '--by is missing'],
  ['history', 'history: --tenant, or --all, must say'],
  ['history --tenant acme --limit 0', '--limit: "0" is not a whole number from 1'],
  ['history --frob', "Unknown option '--frob'"],
])('autonomy %s is refused', (line, message) => {
  expect(() => request(line)).toThrow(message);
});

const BEN = { id: 'ben', tenant_id: 'acme', may_stop_all: false };

test.each<[string, object]>([
  [
    'set-mode --tenant acme --account a1 --type T --mode auto_execute --if-match 3 --by ben --reason why',
    {
      ...{ caller: BEN, if_match: 3, reason: 'why' },
      change: { kind: 'MODE', account_id: 'a1', action_type: 'T', mode: 'AUTO_EXECUTE' },
    },
  ],
  [
    'set-mode --tenant acme --mode DISABLED --by ben',
    { caller: BEN, change: { kind: 'MODE', mode: 'DISABLED' } },
  ],
  [
    'set-allowlist --tenant acme --types= --if-match 0 --by ben',
    { caller: BEN, if_match: 0, change: { kind: 'ALLOWLIST', action_types: [] } },
  ],
  [
    'set-budget --tenant acme --account a1 --per-day 10 --per-type A=3,B=1 --if-match 1 --by ben',
    {
      ...{ caller: BEN, if_match: 1 },
      change: {
        ...{ kind: 'BUDGET', account_id: 'a1' },
        limits: { max_autonomous_per_day: 10, max_per_action_type: { A: 3, B: 1 } },
      },
    },
  ],
  [
    'stop --tenant acme --types A,B --by ben --reason why',
    {
      ...{ caller: BEN, reason: 'why' },
      change: { kind: 'KILL_SWITCH', turn: 'STOP', scope: 'TENANT', action_types: ['A', 'B'] },
    },
  ],
  [
    'start --all --if-match 2 --by ben --reason why',
    {
      ...{ caller: { id: 'ben', tenant_id: undefined, may_stop_all: true }, if_match: 2, reason: 'why' },
      change: { kind: 'KILL_SWITCH', turn: 'START', scope: 'ALL' },
    },
  ],
])('autonomy %s is understood', (line, input) => {
  expect(request(line)).toEqual({ kind: 'CHANGE', stage: 'local', input });
});

test.each<[object | null, string]>([
  [null, '-'],
  [{ mode: 'DISABLED' }, 'DISABLED'],
  [{ action_types: [] }, 'none'],
  [{ max_autonomous_per_day: 3, max_per_action_type: { A: 1 } }, '3 a day, A 1'],
  [{ stopped: false }, 'stops nothing'],
  [{ stopped: true, disabled_action_types: ['A', 'B'] }, 'stops everything, stops A, B'],
  [{ mode: 7 }, '{"mode":7}'],
])('the value %j reads %s', (value, text) => {
  expect(valueText(value as never)).toBe(text);
});
