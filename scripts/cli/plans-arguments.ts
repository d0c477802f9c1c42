import type { PersonCommand } from '../../src/application/command-plan.ts';
import { PLAN_STATUSES, type PlanStatus } from '../../src/domain/plan/plan.ts';
import { wholeNumber } from '../../src/local/terminal/command-line.ts';
import { editParameters } from './edit-arguments.ts';
import { identifierOf, textOf } from './option-values.ts';
import { UsageError } from './run-tool.ts';
import { LOCAL_STAGE } from './stage-name.ts';
import { toolArguments } from './tool-arguments.ts';

export const PLANS_USAGE = `npm run plans -- COMMAND [options]

  list [--tenant T …] [--status ACTIVE,PAUSED]     plans, and what waits for a person
  waiting [--tenant T …] [--account A]             what waits for a person, the oldest deadline first
  show PLAN                                        a plan, its steps and its ledger, checked
  approve|pause|resume PLAN --by NAME [--reason TEXT]
  abort PLAN --by NAME [--reason TEXT] [--compensate]   --compensate: undo what was done
  skip-step|grant-attempt PLAN STEP --by NAME [--reason TEXT]
  approve-intent|reject-intent PLAN STEP --by NAME [--shown HASH] [--attempt N] [--reason TEXT]
  edit-intent PLAN STEP --by NAME [--set NAME=TEXT …] [--set-json NAME=JSON …] [--unset NAME …]
              [--approve] [--shown HASH] [--attempt N] [--reason TEXT]

  --shown H   refuse when what is to be done is not what waiting has shown under this hash
  --approve   approve what comes of the edit, in the same act
  --step S    may stand for STEP

  --stage S   the stage to work on (default ${LOCAL_STAGE}: what npm start runs)
  --json      one JSON document instead of text

Exit codes: 0 done, 1 refused or not possible, 2 bad input, 3 a ledger that is broken`;

const MAX_NAME_CHARACTERS = 256;
/** A reason stands in the plan's row and in its ledger. */
const MAX_REASON_CHARACTERS = 2000;

const PLAN_COMMANDS = { approve: 'approve_plan', pause: 'pause', resume: 'resume', abort: 'abort' } as const;
const STEP_COMMANDS = {
  'skip-step': 'skip_step',
  'grant-attempt': 'grant_attempt',
  'approve-intent': 'approve_intent',
  'reject-intent': 'reject_intent',
  'edit-intent': 'edit_intent',
} as const;
const INTENT_COMMANDS: readonly string[] = ['approve-intent', 'reject-intent', 'edit-intent'];
const INTENT_OPTIONS = ['by', 'reason', 'step', 'shown', 'attempt'];
const EDIT_OPTIONS = ['set', 'set-json', 'unset', 'approve'];
/** So many characters of a hash as the table shows, to all 64. */
const HASH = /^[0-9a-f]{12,64}$/;
const MAX_ATTEMPT = 1_000_000;

const OPTIONS = {
  tenant: { type: 'string', multiple: true },
  status: { type: 'string' },
  by: { type: 'string' },
  reason: { type: 'string' },
  compensate: { type: 'boolean' },
  account: { type: 'string' },
  step: { type: 'string' },
  shown: { type: 'string' },
  attempt: { type: 'string' },
  set: { type: 'string', multiple: true },
  'set-json': { type: 'string', multiple: true },
  unset: { type: 'string', multiple: true },
  approve: { type: 'boolean' },
  stage: { type: 'string', default: LOCAL_STAGE },
  json: { type: 'boolean' },
} as const;
const EVERYWHERE = ['stage', 'json'];

export interface ListRequest {
  readonly kind: 'LIST';
  readonly tenants: readonly string[];
  /** Undefined: any. */
  readonly statuses: readonly PlanStatus[] | undefined;
}

export interface WaitingRequest {
  readonly kind: 'WAITING';
  readonly tenants: readonly string[];
  /** Of the one tenant that is named; undefined: any. */
  readonly accountId: string | undefined;
}

export interface ChangeRequest {
  readonly kind: 'CHANGE';
  /** The command as it was typed. */
  readonly verb: string;
  readonly planId: string;
  readonly by: string;
  readonly command: PersonCommand;
}

export type PlansRequest = { readonly stage: string } & (
  | ListRequest
  | WaitingRequest
  | { readonly kind: 'SHOW'; readonly planId: string }
  | ChangeRequest
);

const parsed = (args: string[]) => toolArguments(OPTIONS, args);
type Values = ReturnType<typeof parsed>['values'];

const onlyOptions = (verb: string, values: Values, allowed: readonly string[]): void => {
  const other = Object.keys(values).find((name) => ![...EVERYWHERE, ...allowed].includes(name));
  if (other !== undefined) throw new UsageError(`--${other} does not go with ${verb}`);
};

const onlyPositionals = (verb: string, rest: readonly string[], allowed: number): void => {
  if (rest.length > allowed) throw new UsageError(`${verb}: unexpected ${JSON.stringify(rest[allowed])}`);
};

const isPlanStatus = (text: string): text is PlanStatus => PLAN_STATUSES.some((status) => status === text);

const statusesOf = (text: string | undefined): PlanStatus[] | undefined =>
  text?.split(',').map((status) => {
    const name = status.trim().toUpperCase();
    if (isPlanStatus(name)) return name;
    throw new UsageError(`--status: ${JSON.stringify(status)} is none of ${PLAN_STATUSES.join(', ')}`);
  });

const listRequest = (values: Values, rest: readonly string[]): ListRequest => {
  onlyOptions('list', values, ['tenant', 'status']);
  onlyPositionals('list', rest, 0);
  const tenants = (values.tenant ?? []).map((id) => identifierOf('--tenant', id));
  return { kind: 'LIST', tenants, statuses: statusesOf(values.status) };
};

const waitingRequest = (values: Values, rest: readonly string[]): WaitingRequest => {
  onlyOptions('waiting', values, ['tenant', 'account']);
  onlyPositionals('waiting', rest, 0);
  const tenants = (values.tenant ?? []).map((id) => identifierOf('--tenant', id));
  if (values.account === undefined) return { kind: 'WAITING', tenants, accountId: undefined };
  if (tenants.length !== 1) throw new UsageError('--account needs exactly one --tenant');
  return { kind: 'WAITING', tenants, accountId: identifierOf('--account', values.account) };
};

const hashOf = (text: string): string => {
  if (HASH.test(text)) return text;
  throw new UsageError(`--shown: ${JSON.stringify(text)} is not the first 12 to 64 hex digits of a hash`);
};

/** Which intent is meant, and what was seen of it; what was not said is not there. */
const seen = ({ shown, attempt }: Values) => ({
  ...(shown !== undefined && { shown: hashOf(shown) }),
  ...(attempt !== undefined && { attempt: wholeNumber('attempt', attempt, { from: 1, to: MAX_ATTEMPT }) }),
});

const stepCommand = (
  verb: keyof typeof STEP_COMMANDS,
  stepId: string | undefined,
  reason: string | undefined,
  values: Values,
): PersonCommand => {
  if (stepId !== undefined && values.step !== undefined)
    throw new UsageError('STEP and --step are the same; give one of them');
  const step_id = identifierOf('STEP', stepId ?? values.step);
  const what = STEP_COMMANDS[verb];
  if (what === 'skip_step' || what === 'grant_attempt') return { do: what, step_id, reason };
  const of = { step_id, reason, ...seen(values) };
  if (what !== 'edit_intent') return { do: what, ...of };
  return { do: what, ...of, parameters: editParameters(values), ...(values.approve && { approve: true }) };
};

const isStepCommand = (verb: string): verb is keyof typeof STEP_COMMANDS =>
  Object.hasOwn(STEP_COMMANDS, verb);

const personCommand = (
  verb: string,
  stepId: string | undefined,
  reason: string | undefined,
  values: Values,
): PersonCommand => {
  if (isStepCommand(verb)) return stepCommand(verb, stepId, reason, values);
  const { compensate } = values;
  const what = PLAN_COMMANDS[verb as keyof typeof PLAN_COMMANDS];
  return { do: what, reason, ...(compensate && { compensate }) };
};

const optionsOf = (verb: string): string[] => {
  if (verb === 'edit-intent') return [...INTENT_OPTIONS, ...EDIT_OPTIONS];
  if (INTENT_COMMANDS.includes(verb)) return INTENT_OPTIONS;
  return verb === 'abort' ? ['by', 'reason', 'compensate'] : ['by', 'reason'];
};

const changeRequest = (verb: string, values: Values, rest: readonly string[]): ChangeRequest => {
  onlyOptions(verb, values, optionsOf(verb));
  onlyPositionals(verb, rest, isStepCommand(verb) ? 2 : 1);
  const [planId, stepId] = rest;
  const reason =
    values.reason === undefined ? undefined : textOf('--reason', values.reason, MAX_REASON_CHARACTERS);
  return {
    kind: 'CHANGE',
    verb,
    planId: identifierOf('PLAN', planId),
    command: personCommand(verb, stepId, reason, values),
    by: textOf('--by', values.by, MAX_NAME_CHARACTERS),
  };
};

const requestOf = (verb: string, values: Values, rest: readonly string[]) => {
  if (verb === 'list') return listRequest(values, rest);
  if (verb === 'waiting') return waitingRequest(values, rest);
  if (verb === 'show') {
    onlyOptions(verb, values, []);
    onlyPositionals(verb, rest, 1);
    return { kind: 'SHOW' as const, planId: identifierOf('PLAN', rest[0]) };
  }
  if (Object.hasOwn(PLAN_COMMANDS, verb) || isStepCommand(verb)) return changeRequest(verb, values, rest);
  throw new UsageError(verb === '' ? 'a command is missing' : `${JSON.stringify(verb)} is no command`);
};

/**
 * What the command line of `plans` asks for.
 *
 * @throws UsageError naming what does not fit.
 */
export const plansRequest = (args: string[]): PlansRequest => {
  const { values, positionals } = parsed(args);
  const [verb = '', ...rest] = positionals;
  return { stage: values.stage, ...requestOf(verb, values, rest) };
};
