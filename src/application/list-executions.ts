import { DEFAULT_PAGE_SIZE, pageToken } from '../contracts/execution-status.ts';
import { attemptSummary, type ExecutionSummary } from '../domain/execution/execution-status.ts';
import type { Clock } from './clock.ts';
import { ValidationError } from './errors.ts';
import type { ExecutionCursor, ExecutionHistory } from './ports/executions.ts';
import type { Scope } from './ports/scope.ts';

export interface ListExecutionsDeps {
  readonly clock: Clock;
  readonly history: ExecutionHistory;
}

export interface ListExecutionsInput extends Scope {
  /** 1 to 100; default 50. */
  readonly limit?: number | undefined;
  readonly next_token?: string | undefined;
}

export interface ExecutionPage {
  readonly executions: readonly ExecutionSummary[];
  /** Absent on the last page. */
  readonly next_token?: string;
}

const tokenOf = ({ tenant_id, account_id }: Scope, { started_at, action_intent_id }: ExecutionCursor) =>
  Buffer.from(JSON.stringify({ tenant_id, account_id, started_at, action_intent_id })).toString('base64url');

const jsonIn = (token: string): unknown => {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
};

/** Where a page begins; a token of another account says nothing about this one. */
const cursorOf = (scope: Scope, token: string): ExecutionCursor => {
  const { data } = pageToken.safeParse(jsonIn(token));
  if (data?.tenant_id === scope.tenant_id && data.account_id === scope.account_id)
    return { started_at: data.started_at, action_intent_id: data.action_intent_id };
  throw new ValidationError('next_token: is none that was given out for this account');
};

/**
 * The executions of an account, newest start first, a page at a time. An execution that starts meanwhile may be missing or come twice.
 *
 * @throws ValidationError naming next_token when it is none that this account was given.
 */
export const listExecutions = async (
  { clock, history }: ListExecutionsDeps,
  { limit = DEFAULT_PAGE_SIZE, next_token, ...scope }: ListExecutionsInput,
): Promise<ExecutionPage> => {
  const after = next_token === undefined ? undefined : cursorOf(scope, next_token);
  const { executions, next } = await history.page(scope, { limit, after });
  const now = clock.now().toISOString();
  return {
    executions: executions.map(({ attempt, outcome }) => attemptSummary(attempt, outcome, now)),
    ...(next && { next_token: tokenOf(scope, next) }),
  };
};
