import { userInfo } from 'node:os';
import { identifierOf, textOf } from './option-values.ts';
import { UsageError } from './run-tool.ts';
import { LOCAL_STAGE } from './stage-name.ts';
import { toolArguments } from './tool-arguments.ts';

export const REPLAY_USAGE = `npm run replay -- --intent ID --reason TEXT (--tenant T --account A | --plan PLAN) [options]

Has an action that came to an end carried out again, under the same idempotency key, and waits for what comes of it.

  --intent ID      the action intent
  --reason TEXT    why; it stands in the ledger
  --tenant T       the intent's tenant and
  --account A      account, or
  --plan PLAN      the plan that it is of
  --by NAME        who asks (default: the user of this shell)
  --stage S        the stage to work on (default ${LOCAL_STAGE}: what npm start runs)
  --json           one JSON document instead of text

Exit codes: 0 succeeded, 1 refused or failed, 2 bad input, 130 interrupted while waiting (the execution goes on)`;

const MAX_NAME_CHARACTERS = 256;
const MAX_REASON_CHARACTERS = 2000;

const OPTIONS = {
  intent: { type: 'string' },
  reason: { type: 'string' },
  tenant: { type: 'string' },
  account: { type: 'string' },
  plan: { type: 'string' },
  by: { type: 'string' },
  stage: { type: 'string', default: LOCAL_STAGE },
  json: { type: 'boolean' },
} as const;

/** Where an intent stands, or the plan that tells it. */
export type IntentPlace =
  | { readonly tenant_id: string; readonly account_id: string }
  | { readonly plan_id: string };

export interface ReplayArguments {
  readonly stage: string;
  readonly action_intent_id: string;
  readonly reason: string;
  readonly requested_by: string;
  readonly place: IntentPlace;
}

const parsed = (args: string[]) => toolArguments(OPTIONS, args);
type Values = ReturnType<typeof parsed>['values'];

const placeOf = ({ tenant, account, plan }: Values): IntentPlace => {
  if (plan === undefined && tenant === undefined && account === undefined)
    throw new UsageError('--tenant and --account, or --plan, must say where the intent stands');
  if (plan === undefined)
    return { tenant_id: identifierOf('--tenant', tenant), account_id: identifierOf('--account', account) };
  if (tenant === undefined && account === undefined) return { plan_id: identifierOf('--plan', plan) };
  throw new UsageError('--plan says tenant and account by itself');
};

/**
 * What the command line of `replay` asks for.
 *
 * @throws UsageError naming what does not fit.
 */
export const replayArguments = (args: string[]): ReplayArguments => {
  const { values, positionals } = parsed(args);
  if (positionals.length > 0) throw new UsageError(`unexpected ${JSON.stringify(positionals[0])}`);
  return {
    stage: values.stage,
    action_intent_id: identifierOf('--intent', values.intent),
    reason: textOf('--reason', values.reason, MAX_REASON_CHARACTERS),
    requested_by: textOf('--by', values.by ?? userInfo().username, MAX_NAME_CHARACTERS),
    place: placeOf(values),
  };
};
