import type { PersonCommand } from '../../src/application/command-plan.ts';
import type { ValidationError } from '../../src/application/errors.ts';
import { PLAN_STATUSES, type PlanStatus } from '../../src/domain/plan/plan.ts';
import { argumentsOf } from '../../src/local/terminal/command-line.ts';
import { identifierOf, textOf } from './option-values.ts';
import { UsageError } from './run-tool.ts';
import { LOCAL_STAGE } from './stage-service.ts';

export const PLANS_USAGE = `npm run plans -- COMMAND [options]

  list [--tenant T …] [--status ACTIVE,PAUSED]     plans, and what waits for a person
  show PLAN                                        a plan, its steps and its ledger, checked
  approve|pause|resume PLAN --by NAME [--reason TEXT]
  abort PLAN --by NAME [--reason TEXT] [--compensate]   --compensate: undo what was done
  skip-step|grant-attempt|approve-intent|reject-intent PLAN STEP --by NAME [--reason TEXT]

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
} as const;

const OPTIONS = {
  tenant: { type: 'string', multiple: true },
  status: { type: 'string' },
  by: { type: 'string' },
  reason: { type: 'string' },
  compensate: { type: 'boolean' },
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
  | { readonly kind: 'SHOW'; readonly planId: string }
  | ChangeRequest
);

const parsed = (args: string[]) => {
  try {
    return argumentsOf(OPTIONS, args);
  } catch (error) {
    throw new UsageError((error as ValidationError).message);
  }
};
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

const personCommand = (
  verb: string,
  stepId: string | undefined,
  { reason, compensate }: { reason: string | undefined; compensate: boolean | undefined },
): PersonCommand => {
  if (verb in STEP_COMMANDS) {
    const step_id = identifierOf('STEP', stepId);
    return { do: STEP_COMMANDS[verb as keyof typeof STEP_COMMANDS], step_id, reason };
  }
  const what = PLAN_COMMANDS[verb as keyof typeof PLAN_COMMANDS];
  return { do: what, reason, ...(compensate && { compensate }) };
};

const changeRequest = (verb: string, values: Values, rest: readonly string[]): ChangeRequest => {
  onlyOptions(verb, values, verb === 'abort' ? ['by', 'reason', 'compensate'] : ['by', 'reason']);
  onlyPositionals(verb, rest, verb in STEP_COMMANDS ? 2 : 1);
  const [planId, stepId] = rest;
  const reason =
    values.reason === undefined ? undefined : textOf('--reason', values.reason, MAX_REASON_CHARACTERS);
  return {
    kind: 'CHANGE',
    verb,
    planId: identifierOf('PLAN', planId),
    command: personCommand(verb, stepId, { reason, compensate: values.compensate }),
    by: textOf('--by', values.by, MAX_NAME_CHARACTERS),
  };
};

const requestOf = (verb: string, values: Values, rest: readonly string[]) => {
  if (verb === 'list') return listRequest(values, rest);
  if (verb === 'show') {
    onlyOptions(verb, values, []);
    onlyPositionals(verb, rest, 1);
    return { kind: 'SHOW' as const, planId: identifierOf('PLAN', rest[0]) };
  }
  if (Object.hasOwn(PLAN_COMMANDS, verb) || Object.hasOwn(STEP_COMMANDS, verb))
    return changeRequest(verb, values, rest);
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
