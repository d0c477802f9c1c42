import type { ChangeConfigurationInput } from '../../src/application/change-configuration.ts';
import type { ExplainAutonomyInput } from '../../src/application/explain-autonomy.ts';
import { AUTONOMY_MODES, type AutonomyMode } from '../../src/domain/autonomy/autonomy-mode.ts';
import type { ConfigChange } from '../../src/domain/autonomy/config-change.ts';
import { wholeNumber } from '../../src/local/terminal/command-line.ts';
import { identifierOf, textOf } from './option-values.ts';
import { UsageError } from './run-tool.ts';
import { LOCAL_STAGE } from './stage-name.ts';
import { toolArguments } from './tool-arguments.ts';

export const AUTONOMY_USAGE = `npm run autonomy -- COMMAND [options]

  explain --tenant T --account A --type TYPE            what counts for an action type, and what the gate would say now
  set-mode --tenant T [--account A] [--type TYPE] --mode ${AUTONOMY_MODES.join('|')}
  set-allowlist --tenant T [--account A] --types A,B    types that may run by themselves; --types= for none
  set-budget --tenant T [--account A] --per-day N [--per-type A=3,B=1]
  stop --all | --tenant T [--types A,B]                 throws a kill switch, whatever stands; --reason is required
  start --all | --tenant T [--types A,B]                lets it go again; --reason is required
  history --all | --tenant T [--limit N]                changes, newest first (default 20)

Every change has
  --by NAME        who makes it
  --if-match N     the version that you have seen (explain shows it; 0: no row yet); stop may leave it out
  --reason TEXT    why; it stands in the ledger

  --stage S   the stage to work on (default ${LOCAL_STAGE}: what npm start runs)
  --json      one JSON document instead of text

A shell has no token: --by and --tenant are taken at their word, from whoever may write the stage's tables.
Exit codes: 0 done, 1 refused or not reachable, 2 bad input`;

const MAX_NAME_CHARACTERS = 256;
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1000;
const MAX_VERSION = 1_000_000_000;
const MAX_CAP = 1_000_000;

const OPTIONS = {
  tenant: { type: 'string' },
  account: { type: 'string' },
  type: { type: 'string' },
  types: { type: 'string' },
  mode: { type: 'string' },
  'per-day': { type: 'string' },
  'per-type': { type: 'string' },
  all: { type: 'boolean' },
  'if-match': { type: 'string' },
  by: { type: 'string' },
  reason: { type: 'string' },
  limit: { type: 'string' },
  stage: { type: 'string', default: LOCAL_STAGE },
  json: { type: 'boolean' },
} as const;
const EVERYWHERE = ['stage', 'json'];
const OF_CHANGES = ['tenant', 'if-match', 'by', 'reason'];

export interface ExplainRequest extends ExplainAutonomyInput {
  readonly kind: 'EXPLAIN';
}

export interface HistoryRequest {
  readonly kind: 'HISTORY';
  /** Undefined: the kill switch of all tenants. */
  readonly tenantId: string | undefined;
  readonly limit: number;
}

export interface ConfigChangeRequest {
  readonly kind: 'CHANGE';
  readonly input: ChangeConfigurationInput;
}

export type AutonomyRequest = { readonly stage: string } & (
  | ExplainRequest
  | HistoryRequest
  | ConfigChangeRequest
);

const parsed = (args: string[]) => toolArguments(OPTIONS, args);
type Values = ReturnType<typeof parsed>['values'];

const onlyOptions = (verb: string, values: Values, allowed: readonly string[]): void => {
  const other = Object.keys(values).find((name) => ![...EVERYWHERE, ...allowed].includes(name));
  if (other !== undefined) throw new UsageError(`--${other} does not go with ${verb}`);
};

const tenantOf = ({ tenant }: Values): string => identifierOf('--tenant', tenant);

const accountOf = ({ account }: Values) =>
  account === undefined ? {} : { account_id: identifierOf('--account', account) };

/** Undefined stands for all tenants, who must be meant by name. */
const tenantOrAll = (verb: string, values: Values): string | undefined => {
  if (values.all !== true && values.tenant === undefined)
    throw new UsageError(`${verb}: --tenant, or --all, must say whose switch is meant`);
  if (values.all !== true) return tenantOf(values);
  if (values.tenant === undefined) return undefined;
  throw new UsageError('--all and --tenant exclude one another');
};

const listOf = (name: string, text: string | undefined): string[] => {
  if (text === undefined) throw new UsageError(`${name} is missing`);
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => identifierOf(name, part));
};

const modeChange = (values: Values): ConfigChange => {
  const { type, mode } = values;
  const name = AUTONOMY_MODES.find((known): known is AutonomyMode => known === mode?.toUpperCase());
  if (name === undefined)
    throw new UsageError(`--mode: ${JSON.stringify(mode ?? '')} is none of ${AUTONOMY_MODES.join(', ')}`);
  const ofType = type === undefined ? {} : { action_type: identifierOf('--type', type) };
  return { kind: 'MODE', ...accountOf(values), ...ofType, mode: name };
};

const capsOf = (text: string): Record<string, number> =>
  Object.fromEntries(
    text.split(',').map((part) => {
      const [type, cap = '', ...rest] = part.split('=').map((word) => word.trim());
      if (rest.length > 0 || cap === '')
        throw new UsageError(`--per-type: ${JSON.stringify(part)} is not TYPE=NUMBER`);
      return [identifierOf('--per-type', type), wholeNumber('per-type', cap, { from: 0, to: MAX_CAP })];
    }),
  );

const budgetChange = (values: Values): ConfigChange => {
  const { 'per-day': perDay, 'per-type': perType } = values;
  if (perDay === undefined) throw new UsageError('--per-day is missing');
  const limits = {
    max_autonomous_per_day: wholeNumber('per-day', perDay, { from: 0, to: MAX_CAP }),
    ...(perType !== undefined && { max_per_action_type: capsOf(perType) }),
  };
  return { kind: 'BUDGET', ...accountOf(values), limits };
};

const switchChange = (verb: string, values: Values): ConfigChange => {
  const isAll = tenantOrAll(verb, values) === undefined;
  if (isAll && values.types !== undefined) throw new UsageError('--types goes with --tenant only');
  return {
    kind: 'KILL_SWITCH',
    turn: verb === 'stop' ? 'STOP' : 'START',
    scope: isAll ? 'ALL' : 'TENANT',
    ...(values.types !== undefined && { action_types: listOf('--types', values.types) }),
  };
};

interface ChangeVerb {
  readonly options: readonly string[];
  change(verb: string, values: Values): ConfigChange;
}

const SWITCHES: ChangeVerb = { options: ['all', 'types'], change: switchChange };

const CHANGES: ReadonlyMap<string, ChangeVerb> = new Map([
  ['set-mode', { options: ['account', 'type', 'mode'], change: (_, values) => modeChange(values) }],
  [
    'set-allowlist',
    {
      options: ['account', 'types'],
      change: (_, values) => ({
        ...{ kind: 'ALLOWLIST', ...accountOf(values), action_types: listOf('--types', values.types) },
      }),
    },
  ],
  [
    'set-budget',
    { options: ['account', 'per-day', 'per-type'], change: (_, values) => budgetChange(values) },
  ],
  ['stop', SWITCHES],
  ['start', SWITCHES],
]);

/** The shell's user is believed to be who `--by` says, of the tenant that `--tenant` says. */
const callerOf = (values: Values): ChangeConfigurationInput['caller'] => ({
  id: textOf('--by', values.by, MAX_NAME_CHARACTERS),
  tenant_id: values.all ? undefined : tenantOf(values),
  may_stop_all: values.all === true,
});

const changeRequest = (
  verb: string,
  { options, change }: ChangeVerb,
  values: Values,
): ConfigChangeRequest => {
  onlyOptions(verb, values, [...OF_CHANGES, ...options]);
  const { 'if-match': seen, reason } = values;
  const wanted = change(verb, values);
  const caller = callerOf(values);
  if (wanted.kind === 'KILL_SWITCH' && reason === undefined) throw new UsageError('--reason is missing');
  return {
    kind: 'CHANGE',
    input: {
      ...{ caller, change: wanted },
      ...(seen !== undefined && { if_match: wholeNumber('if-match', seen, { from: 0, to: MAX_VERSION }) }),
      ...(reason !== undefined && { reason }),
    },
  };
};

const explainRequest = (values: Values): ExplainRequest => {
  onlyOptions('explain', values, ['tenant', 'account', 'type']);
  return {
    kind: 'EXPLAIN',
    tenant_id: tenantOf(values),
    account_id: identifierOf('--account', values.account),
    action_type: identifierOf('--type', values.type),
  };
};

const historyRequest = (values: Values): HistoryRequest => {
  onlyOptions('history', values, ['tenant', 'all', 'limit']);
  const { limit } = values;
  return {
    kind: 'HISTORY',
    tenantId: tenantOrAll('history', values),
    limit: limit === undefined ? DEFAULT_LIMIT : wholeNumber('limit', limit, { from: 1, to: MAX_LIMIT }),
  };
};

const requestOf = (verb: string, values: Values) => {
  if (verb === 'explain') return explainRequest(values);
  if (verb === 'history') return historyRequest(values);
  const changing = CHANGES.get(verb);
  if (changing) return changeRequest(verb, changing, values);
  throw new UsageError(verb === '' ? 'a command is missing' : `${JSON.stringify(verb)} is no command`);
};

/**
 * What the command line of `autonomy` asks for.
 *
 * @throws UsageError, or ValidationError, naming what does not fit.
 */
export const autonomyRequest = (args: string[]): AutonomyRequest => {
  const { values, positionals } = parsed(args);
  const [verb = '', ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`${verb}: unexpected ${JSON.stringify(rest[0])}`);
  return { stage: values.stage, ...requestOf(verb, values) };
};
