import { compensationTool, type ToolAnswer, type ToolFailure } from '../contracts/tools.ts';
import { OUTCOME_UNKNOWN } from '../domain/execution/execution.ts';
import { secondsAfter } from '../domain/identifiers.ts';
import type { Clock } from './clock.ts';
import { TransientError, ValidationError } from './errors.ts';
import type {
  Admission,
  Claim,
  CompensationCall,
  Connector,
  ConnectorGuard,
  IdempotencyStore,
  ToolCall,
} from './ports/connectors.ts';
import type { Metrics } from './ports/observability.ts';

export interface ServeToolDeps {
  readonly clock: Clock;
  readonly connector: Connector;
  readonly idempotency: IdempotencyStore;
  /** Undefined for a connector whose calls are neither held off nor bounded in number. */
  readonly guard: ConnectorGuard | undefined;
  readonly metrics: Metrics;
  /** A new id for each request; the same when that request is delivered again. */
  readonly newId: () => string;
}

/** How long a claim that nobody ends counts as alive, in seconds; longer than any adapter may run. */
export const CLAIM_SECONDS = 60;

type Call = Omit<ToolCall, 'arguments'>;
type Failed = Pick<ToolFailure, 'error_class' | 'error_code' | 'error_message' | 'transient' | 'effect'>;
type Measured = Parameters<Metrics['toolCall']>[0]['result'];
type Refusal = { readonly result: Measured; readonly failed: Failed };
type Unclaimed = Extract<Claim, { readonly claimed: false }>;

/** One call of the connector. */
interface Step {
  readonly call: Call;
  readonly tool_name: string;
  readonly owner: string;
  act(): Promise<ToolAnswer>;
  /** What came of it is written down for whoever asks again, before anybody is told. */
  keepSuccess(answer: ToolAnswer): Promise<unknown>;
  keepFailure(effect: ToolFailure['effect']): Promise<unknown>;
}

const REFUSALS = {
  CIRCUIT_OPEN: { error_class: 'DOWNSTREAM', error_code: 'CIRCUIT_OPEN' },
  BUSY: { error_class: 'RATE_LIMIT', error_code: 'CONNECTOR_BUSY' },
} as const;

const failure = ({ connector }: ServeToolDeps, call: Call, failed: Failed): ToolFailure => ({
  ...{ success: false, ...failed, external_object_refs: [] },
  ...{ tool_run_ref: `${connector.id}/${call.idempotency_key}`, tenant_id: call.tenant_id },
});

const refused = (deps: ServeToolDeps, call: Call, error_code: string, error_message: string): ToolFailure =>
  failure(deps, call, {
    ...{ error_class: 'VALIDATION', error_code, error_message, transient: false, effect: 'NONE' },
  });

const nowOf = ({ clock }: ServeToolDeps): string => clock.now().toISOString();

const admissionOf = (deps: ServeToolDeps, { call, owner }: Step): Admission => ({
  ...{ connector: deps.connector.id, tenant_id: call.tenant_id, lease_id: owner, now: nowOf(deps) },
});

const count = (deps: ServeToolDeps, { tool_name }: Step, result: Measured, latency_ms = 0): void =>
  deps.metrics.toolCall({ tool_name, connector: deps.connector.id, latency_ms, result });

/** Why the guard keeps a step out; undefined when it lets it in. */
const refusalOf = async (deps: ServeToolDeps, step: Step): Promise<Refusal | undefined> => {
  const nothingDone = { transient: true, effect: 'NONE' } as const;
  try {
    const admitted = await deps.guard?.admit(admissionOf(deps, step));
    if (!admitted || admitted.admitted) return undefined;
    const { reason, retry_at } = admitted;
    const error_message = `the ${deps.connector.id} connector takes no call before ${retry_at}`;
    return { result: reason, failed: { ...REFUSALS[reason], error_message, ...nothingDone } };
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
    const { error_class, error_code, message: error_message } = error;
    return { result: 'BUSY', failed: { error_class, error_code, error_message, ...nothingDone } };
  }
};

/** A system that turns down what it is asked, or who asks, is well. */
const isHealthy = (answer: ToolAnswer): boolean =>
  answer.success || answer.error_class === 'VALIDATION' || answer.error_class === 'AUTH';

/** What the guard is not told it finds out when the lease ends; what the connector did must not be lost over it. */
const leave = async (deps: ServeToolDeps, step: Step, healthy: boolean): Promise<void> =>
  deps.guard?.leave(admissionOf(deps, step), healthy).catch(() => undefined);

const carryOut = async (deps: ServeToolDeps, step: Step): Promise<ToolAnswer> => {
  const started = deps.clock.now().getTime();
  const elapsed = () => deps.clock.now().getTime() - started;
  const answer = await step.act().catch(async (error: unknown) => {
    const latency = elapsed();
    await Promise.allSettled([step.keepFailure('UNKNOWN'), leave(deps, step, false)]);
    count(deps, step, 'UNKNOWN', latency);
    throw error;
  });
  const latency = elapsed();
  try {
    await (answer.success ? step.keepSuccess(answer) : step.keepFailure(answer.effect));
  } finally {
    await leave(deps, step, isHealthy(answer));
    count(deps, step, answer.success ? 'SUCCEEDED' : answer.error_class, latency);
  }
  return answer;
};

/** Takes a step inside the connector's guard. */
const take = async (deps: ServeToolDeps, step: Step): Promise<ToolAnswer> => {
  const refusal = await refusalOf(deps, step).catch(async (error: unknown) => {
    await Promise.allSettled([step.keepFailure('NONE')]);
    throw error;
  });
  if (!refusal) return carryOut(deps, step);
  await step.keepFailure('NONE');
  count(deps, step, refusal.result);
  return failure(deps, step.call, refusal.failed);
};

const standing = (deps: ServeToolDeps, call: Call, claim: Unclaimed): ToolAnswer => {
  if (claim.state === 'SETTLED') return claim.answer;
  const unknown = { error_class: 'UNKNOWN', effect: 'UNKNOWN' } as const;
  if (claim.state === 'UNCERTAIN') {
    const error_message = 'an earlier call may have acted, and this tool must not act twice';
    return failure(deps, call, { ...unknown, error_code: OUTCOME_UNKNOWN, error_message, transient: false });
  }
  const error_message = `another call under this key has until ${claim.until}`;
  const inProgress = { error_class: 'DOWNSTREAM', error_code: 'ALREADY_IN_PROGRESS' } as const;
  return failure(deps, call, { ...unknown, ...inProgress, error_message, transient: true });
};

/** Of a key under which an earlier call may have acted nobody can say that nothing was done. */
const withDoubt = (answer: ToolAnswer, uncertain: boolean): ToolAnswer =>
  uncertain && !answer.success && answer.effect === 'NONE' ? { ...answer, effect: 'UNKNOWN' } : answer;

/**
 * Carries out one call of a tool, once for each idempotency key: whoever asks again after a success is given the first answer.
 * What goes wrong is an answer.
 *
 * @throws whatever the stores or the connector throw. The key is then claimed until the claim lapses, or uncertain.
 */
export const serveTool = async (
  deps: ServeToolDeps,
  { repeatable, ...call }: ToolCall & { readonly repeatable: boolean },
): Promise<ToolAnswer> => {
  const { connector, idempotency, newId } = deps;
  const { arguments: _, ...keyed } = call;
  const owner = newId();
  const now = nowOf(deps);
  const request = { ...keyed, owner, now, expires_at: secondsAfter(now, CLAIM_SECONDS), repeatable };
  const claim = await idempotency.claim(request).catch((error: unknown) => {
    if (error instanceof ValidationError) return refused(deps, call, error.error_code, error.message);
    throw error;
  });
  if ('success' in claim) return claim;
  if (!claim.claimed) return standing(deps, call, claim);

  const key = call.idempotency_key;
  const answer = await take(deps, {
    ...{ call, tool_name: call.tool_name, owner },
    act: async () => {
      const wrong = await connector.validate(call);
      return wrong === undefined ? connector.execute(call) : refused(deps, call, 'VALIDATION_FAILED', wrong);
    },
    keepSuccess: (settled) => idempotency.settle(key, owner, settled, nowOf(deps)),
    keepFailure: (effect) => idempotency.release(key, owner, claim.uncertain || effect !== 'NONE'),
  });
  return withDoubt(answer, claim.uncertain);
};

/**
 * Undoes what a tool did. Needs no claim, since undoing twice is undoing once; afterwards the action may be carried out again under
 * the same key.
 *
 * @throws whatever the stores or the connector throw; asking again is safe.
 */
export const serveCompensation = async (deps: ServeToolDeps, call: CompensationCall): Promise<ToolAnswer> => {
  const { connector, idempotency, newId } = deps;
  return take(deps, {
    ...{ call, tool_name: compensationTool({ connector: connector.id }), owner: newId() },
    act: () => connector.compensate(call),
    keepSuccess: () => idempotency.forget(call.idempotency_key),
    keepFailure: async () => undefined,
  });
};
