import { complaints } from '../contracts/complaints.ts';
import {
  type DecisionCostGateOutput,
  proposedPlan,
  type RunDecisionDetail,
  type RunOutcome,
} from '../contracts/decisions.ts';
import {
  type Allowed,
  type CostGateResult,
  type Deferred,
  evaluateCostGate,
  type Skipped,
  skip,
} from '../domain/decision/cost-gate.ts';
import { decisionPlanId } from '../domain/decision/trigger-hash.ts';
import { limitsOf, type TriggerLimits } from '../domain/decision/trigger-registry.ts';
import { secondsAfter } from '../domain/identifiers.ts';
import type { Clock } from './clock.ts';
import { createPlan } from './create-plan.ts';
import { TransientError, ValidationError } from './errors.ts';
import type { TenantStore } from './ports/configuration.ts';
import type {
  DecisionRequeue,
  DecisionReservations,
  DecisionRunStates,
  ProposalGenerator,
  ReservationRequest,
} from './ports/decisions.ts';
import type { Log } from './ports/observability.ts';
import type { PlanStore } from './ports/plans.ts';

/** Who proposes the plans that come of decisions; a person, never this one, approves them. */
export const DECISION_SCHEDULER = 'decision-scheduler';

/** How long a reservation holds without an end, in seconds: the function ends after 30, and clocks differ a little. */
const RESERVATION_SECONDS = 60;
/** How often a trigger is judged anew because others ran in between, before it gives up for now. */
const MAX_JUDGEMENTS = 8;

export interface DecisionCostGateDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly tenants: TenantStore;
  readonly plans: PlanStore;
  readonly reservations: DecisionReservations;
  readonly runStates: DecisionRunStates;
  readonly proposals: ProposalGenerator;
  readonly requeue: DecisionRequeue;
}

type Deps = DecisionCostGateDeps;

const refusedTenant = async (
  { tenants }: Deps,
  { tenant_id }: RunDecisionDetail,
): Promise<Skipped | undefined> => {
  const tenant = await tenants.get(tenant_id);
  if (tenant?.status === 'active') return undefined;
  const explanation = tenant ? `The tenant is ${tenant.status}` : `There is no tenant ${tenant_id}`;
  return skip('TENANT_NOT_ACTIVE', explanation);
};

/** Judges, and has the run granted when it is allowed; judges again when others ran in between. */
const judge = async (
  { clock, runStates }: Deps,
  detail: RunDecisionDetail,
  request: ReservationRequest,
): Promise<CostGateResult> => {
  for (let judgement = 0; judgement < MAX_JUDGEMENTS; judgement += 1) {
    const now = clock.now().toISOString();
    const state = await runStates.read(detail, detail.trigger_type, now);
    const result = evaluateCostGate({ ...detail, now, deferred_times: request.deferred_times }, state);
    if (result.result !== 'ALLOW') return result;
    // Whatever is allowed has limits.
    const limits = limitsOf(detail.trigger_type) as TriggerLimits;
    if (await runStates.grantWithinLimits({ ...request, now }, limits)) return result;
  }
  throw new TransientError(`too many triggers of tenant ${detail.tenant_id} run at once`);
};

const RESUMED: Allowed = {
  result: 'ALLOW',
  reason: 'WITHIN_LIMITS',
  explanation:
    'The run was granted to an earlier call under this idempotency key, which did not come to an end',
};

const propose = async (
  { clock, plans, proposals }: Deps,
  { tenant_id, account_id, trigger_type, idempotency_key }: RunDecisionDetail,
): Promise<RunOutcome> => {
  const proposal = await proposals.propose({ tenant_id, account_id, trigger_type });
  if (!proposal) return { proposed: false, explanation: 'No plan was proposed' };
  const plan_id = decisionPlanId({ tenant_id, account_id, trigger_type, idempotency_key });
  const plan = { ...proposal, plan_id, tenant_id, account_id };
  const { error } = proposedPlan.safeParse(plan);
  if (error) throw new ValidationError(`proposal: ${complaints(error, plan)}`);
  const created = await createPlan(
    { clock, plans },
    { plan, by: DECISION_SCHEDULER, kind: 'system', trigger: trigger_type },
  );
  // Refused where it exists: as that of an earlier call that did not come to an end, or under an id that somebody else has taken.
  if (created.ok || (await plans.get(plan))) return { proposed: true, plan_id };
  return { proposed: false, explanation: created.message };
};

/** The trigger comes back before anybody is told that it waits: a crash in between makes it come twice, never not at all. */
const putOff = async (
  { requeue, runStates, reservations }: Deps,
  detail: RunDecisionDetail,
  request: ReservationRequest,
  { defer_until }: Deferred,
): Promise<void> => {
  await requeue.at(defer_until, { ...detail, deferred_times: request.deferred_times + 1 });
  await reservations.defer(request, defer_until);
  // Last of all, so that no retry finds itself waiting and takes itself for covered.
  await runStates.noteWaiting(request, defer_until);
};

const carryOut = async (
  deps: Deps,
  detail: RunDecisionDetail,
  request: ReservationRequest,
  granted: boolean,
): Promise<CostGateResult & { readonly decision?: RunOutcome }> => {
  const result = granted
    ? RESUMED
    : ((await refusedTenant(deps, detail)) ?? (await judge(deps, detail, request)));
  if (result.result === 'DEFER') {
    await putOff(deps, detail, request, result);
    return result;
  }
  const decision = result.result === 'ALLOW' ? await propose(deps, detail) : undefined;
  await deps.reservations.finish(request, result, deps.clock.now().toISOString());
  return { ...result, ...(decision && { decision }) };
};

/** What went wrong is what the caller has to hear of, even when the reservation cannot be given up. */
const giveUp = async ({ reservations, log }: Deps, request: ReservationRequest): Promise<void> => {
  await reservations
    .release(request)
    .catch(({ name, message }: Error) =>
      log.error('a reservation could not be given up; it lapses by itself', { error: name, message }),
    );
};

const reservationOf = (
  { tenant_id, account_id, trigger_type, idempotency_key, deferred_times = 0 }: RunDecisionDetail,
  owner: string,
  now: string,
): ReservationRequest => ({
  ...{ tenant_id, account_id, trigger_type, idempotency_key, deferred_times, owner, now },
  expires_at: secondsAfter(now, RESERVATION_SECONDS),
});

const evaluate = async (
  deps: Deps,
  detail: RunDecisionDetail,
  request: ReservationRequest,
): Promise<CostGateResult & { readonly decision?: RunOutcome }> => {
  const reserved = await deps.reservations.reserve(request);
  if (!reserved.reserved) return skip('DUPLICATE', reserved.explanation);
  try {
    return await carryOut(deps, detail, request, reserved.granted);
  } catch (error) {
    await giveUp(deps, request);
    throw error;
  }
};

/**
 * Decides whether a trigger is worth a decision, and has it made if it is: once per idempotency key, within the limits of its type. What
 * comes of it is a plan in DRAFT at the most. A trigger that has to wait comes back by itself.
 *
 * @param owner names the invocation; its retries go on where it stopped, anybody else once its reservation is dead.
 * @throws ValidationError when the key stands for another trigger, or a proposal is no plan.
 * @throws TransientError when trying again is likely to help; nothing of the run is lost by it.
 */
export const decisionCostGate = async (
  deps: DecisionCostGateDeps,
  { detail }: { readonly detail: RunDecisionDetail },
  owner: string,
): Promise<DecisionCostGateOutput> => {
  const evaluated_at = deps.clock.now().toISOString();
  const result = await evaluate(deps, detail, reservationOf(detail, owner, evaluated_at));
  const { tenant_id, account_id, trigger_type, idempotency_key, deferred_times = 0 } = detail;
  deps.log.info('decision trigger evaluated', {
    ...{ tenant_id, account_id, trigger_type, idempotency_key, deferred_times },
    ...result,
  });
  return { ...result, evaluated_at };
};
