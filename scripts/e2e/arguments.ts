import { UsageError } from '../cli/run-tool.ts';
import { LOCAL_STAGE } from '../cli/stage-name.ts';
import { toolArguments } from '../cli/tool-arguments.ts';

export const CHECK_NAMES = [
  ...(['lifecycle', 'failure', 'compensation', 'duplicate'] as const),
  ...(['auto-exec', 'fallback', 'decision-scheduler'] as const),
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

export const E2E_USAGE = `npm run e2e -- [--stage S] [--only ${CHECK_NAMES.join('|')}] [--json]

Checks a running stage from the outside: actions of plans that it makes for a tenant of its own are published, and what comes of
them is awaited. The first check that fails is the last one that runs.

  lifecycle           an approved action is executed: attempt, outcome, ledger, signal, note, step
  failure             an action that lacks a parameter fails with its code, and so does its step
  compensation        an aborted plan is undone
  duplicate           an action that is published twenty times at once is executed once
  auto-exec           within its budget an action is approved by policy and executed
  fallback            without a budget a person is asked, and nothing is executed
  decision-scheduler  a trigger that comes twice under one key runs once

  --stage S           the stage to check (default ${LOCAL_STAGE}: what npm start runs)
  --only NAME         this check alone
  --json              one JSON document instead of a line for each check

Ledgers, the plans that they tell of and the numbers of registry versions stay; everything else is deleted afterwards.

Exit codes: 0 all is well, 1 a check failed or the stage does not answer, 2 bad input`;

const OPTIONS = {
  stage: { type: 'string', default: LOCAL_STAGE },
  only: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export interface E2eRequest {
  readonly stage: string;
  /** In the order in which they run. */
  readonly checks: readonly CheckName[];
  readonly json: boolean;
}

const parsed = (args: string[]) => toolArguments(OPTIONS, args);

const checksOf = (only: string | undefined): readonly CheckName[] => {
  if (only === undefined) return CHECK_NAMES;
  const found = CHECK_NAMES.filter((name) => name === only);
  if (found.length > 0) return found;
  throw new UsageError(`--only: ${JSON.stringify(only)} is none of ${CHECK_NAMES.join(', ')}`);
};

/**
 * What the command line of `e2e` asks for.
 *
 * @throws UsageError naming what does not fit.
 */
export const e2eRequest = (args: string[]): E2eRequest => {
  const { values, positionals } = parsed(args);
  if (positionals.length > 0) throw new UsageError(`unexpected ${JSON.stringify(positionals[0])}`);
  return { stage: values.stage, checks: checksOf(values.only), json: values.json };
};
