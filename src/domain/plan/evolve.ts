import type { PolicyReason } from '../policy/policy-reason.ts';
import type { InFlight, Plan, PlanStep } from './plan.ts';
import type { NewStep, PlanEvent } from './plan-event.ts';

type PlanBody = Omit<Plan, 'version' | 'head_hash'>;
type EventOf<T extends PlanEvent['event_type']> = Extract<PlanEvent, { event_type: T }>;

const newStep = (step: NewStep): PlanStep => ({
  ...step,
  dependencies: [...step.dependencies],
  status: 'PENDING',
});

const created = ({ data, timestamp, actor }: EventOf<'PLAN_CREATED'>): PlanBody => {
  const { trigger: _trigger, steps, ...content } = data;
  return {
    ...content,
    plan_status: 'DRAFT',
    steps: steps.map(newStep),
    created_at: timestamp,
    created_by: actor.id,
    updated_at: timestamp,
  };
};

const without = <T extends object, K extends keyof T>(from: T, ...keys: K[]): Omit<T, K> => {
  const rest = { ...from };
  for (const key of keys) delete rest[key];
  return rest;
};

const settled = (step: PlanStep, status: PlanStep['status'], more: Partial<PlanStep> = {}): PlanStep => ({
  ...without(step, 'in_flight', 'retry_at', 'failure_reason', 'needs_person'),
  status,
  ...more,
});

const withFlight = (step: PlanStep, change: Partial<NonNullable<PlanStep['in_flight']>>): PlanStep =>
  ({ ...step, in_flight: { ...step.in_flight, ...change } }) as PlanStep;

/** Whatever blocked an attempt does so no more once its approval is given or asked for. */
const withApproval = (step: PlanStep, change: Pick<InFlight, 'approval' | 'check_at'>): PlanStep => ({
  ...step,
  in_flight: { ...without(step.in_flight as InFlight, 'blocked_by'), ...change },
});

const decisionOf = (
  result: 'APPROVED' | 'REJECTED',
  { data, actor }: EventOf<'STEP_APPROVED'> | EventOf<'STEP_FAILED'>,
): NonNullable<PlanStep['last_decision']> => {
  const { content_hash } = data;
  const attempt = data.attempt as number;
  return { attempt, result, by: actor.id, ...(content_hash !== undefined && { content_hash }) };
};

/** Another intent is in flight, and why it needs a person is said anew. */
const withEdit = (step: PlanStep, { data, actor }: EventOf<'STEP_INTENT_EDITED'>): PlanStep => {
  const { revision, action_intent_id, explanation } = data;
  const { approval, edited_by = [] } = { ...step.in_flight };
  const asked = approval?.result === 'REQUIRED' ? { approval: { ...approval, explanation } } : {};
  const editors = [...new Set([...edited_by, actor.id])];
  const flight = { action_intent_id, edited_by: editors, ...asked };
  return { ...withFlight(step, flight), last_revision: revision };
};

const evolveStep = (step: PlanStep, event: PlanEvent, isToBeUndone: boolean): PlanStep => {
  switch (event.event_type) {
    case 'STEP_STARTED': {
      const { attempt, action_intent_id, check_at } = event.data;
      const in_flight = { attempt, action_intent_id, since: event.timestamp, check_at };
      return settled(without(step, 'last_revision'), 'PENDING_APPROVAL', {
        last_attempt: attempt,
        in_flight,
      });
    }
    case 'STEP_APPROVAL_REQUIRED': {
      const { reason, check_at, policy_clause, explanation } = event.data;
      const said = { ...(policy_clause && { policy_clause }), ...(explanation && { explanation }) };
      return withApproval(step, { check_at, approval: { result: 'REQUIRED', reason, ...said } });
    }
    case 'STEP_APPROVAL_ESCALATED': {
      const approval = { ...step.in_flight?.approval, escalated_at: event.timestamp } as InFlight['approval'];
      return withFlight(step, { check_at: event.data.check_at, approval });
    }
    case 'STEP_APPROVAL_BLOCKED': {
      const { reason, check_at } = event.data;
      return withFlight(step, { check_at, blocked_by: reason });
    }
    case 'STEP_APPROVED': {
      const { source, check_at, budget } = event.data;
      const taken = budget && { day: budget.day, levels: budget.counters.map(({ level }) => level) };
      const given = { result: 'GIVEN', source, by: event.actor.id, at: event.timestamp } as const;
      const status = source === 'POLICY' ? 'AUTO_EXECUTED' : 'PENDING_APPROVAL';
      const approval = { ...given, ...(taken && { budget: taken }) };
      const decided = source === 'HUMAN' && decisionOf('APPROVED', event);
      return {
        ...withApproval(step, { check_at, approval }),
        status,
        ...(decided && { last_decision: decided }),
      };
    }
    case 'STEP_INTENT_EDITED':
      return withEdit(step, event);
    case 'STEP_PUBLISHED_AGAIN':
      return withFlight(step, {
        check_at: event.data.check_at,
        published_again: (step.in_flight?.published_again ?? 0) + 1,
      });
    case 'STEP_CHECK_POSTPONED':
      return withFlight(step, { check_at: event.data.check_at });
    case 'STEP_COMPLETED':
    case 'STEP_REPLAYED':
      return settled(step, 'DONE');
    case 'STEP_FAILED': {
      const { reason, retry_at, needs_person, intent_status } = event.data;
      const rejected = intent_status === 'REJECTED' && decisionOf('REJECTED', event);
      return settled(step, 'FAILED', {
        failure_reason: reason,
        ...(retry_at && { retry_at }),
        ...(needs_person && { needs_person }),
        ...(rejected && { last_decision: rejected }),
      });
    }
    case 'STEP_SKIPPED':
      return settled(step, 'SKIPPED');
    case 'STEP_ATTEMPT_GRANTED':
      return settled(step, 'FAILED', {
        granted_attempts: (step.granted_attempts ?? 0) + 1,
        failure_reason: 'attempt_granted',
        retry_at: event.data.retry_at,
      });
    case 'STEP_OUTCOME_RECORDED': {
      const rest = without(step, 'in_flight');
      const wasDone = isToBeUndone && event.data.outcome === 'SUCCEEDED';
      return wasDone ? { ...rest, compensation: 'PENDING' } : rest;
    }
    case 'STEP_COMPENSATED':
      return { ...step, compensation: event.data.result };
    default:
      return step;
  }
};

const toBeUndone = (step: PlanStep): PlanStep =>
  step.status === 'DONE' ? { ...step, compensation: 'PENDING' } : step;

const evolvePlan = (plan: PlanBody, event: PlanEvent): PlanBody => {
  const { timestamp } = event;
  switch (event.event_type) {
    case 'PLAN_APPROVED': {
      const { content_hash } = event.data;
      return {
        ...plan,
        plan_status: 'APPROVED',
        approved_at: timestamp,
        approved_by: event.actor.id,
        content_hash,
      };
    }
    case 'PLAN_ACTIVATED':
      return { ...without(plan, 'activation_rejection'), plan_status: 'ACTIVE', activated_at: timestamp };
    case 'PLAN_ACTIVATION_REJECTED':
      return { ...plan, activation_rejection: rejectionKey(event.data.reasons) };
    case 'PLAN_PAUSED':
      return { ...plan, plan_status: 'PAUSED', pause_reason: event.data.reason };
    case 'PLAN_RESUMED':
      return { ...without(plan, 'pause_reason', 'activation_rejection'), plan_status: 'ACTIVE' };
    case 'PLAN_ABORTED':
      return {
        ...plan,
        plan_status: 'ABORTED',
        aborted_at: timestamp,
        ...(event.data.compensate && { compensate: true, steps: plan.steps.map(toBeUndone) }),
      };
    case 'PLAN_COMPLETED': {
      const { completion_reason } = event.data;
      return { ...plan, plan_status: 'COMPLETED', completed_at: timestamp, completion_reason };
    }
    case 'PLAN_EXPIRED':
      return { ...plan, plan_status: 'EXPIRED', expired_at: event.data.expired_at };
    default:
      return plan;
  }
};

const stepOf = (event: PlanEvent): string | undefined =>
  'step_id' in event.data ? event.data.step_id : undefined;

/** Two rejections with the same key have the same reasons, and only the first of them is worth a ledger entry. */
export const rejectionKey = (reasons: readonly PolicyReason[]): string =>
  reasons
    .map(({ code, subject, message }) => `${code}:${subject ?? message}`)
    .sort()
    .join(',');

/**
 * The plan after an event. Pure and total: whoever folds a ledger gets the plan back, at whatever entry they stop.
 *
 * @throws TypeError when the first event of a plan is not PLAN_CREATED: such a ledger is not a plan's.
 */
export const evolve = (plan: PlanBody | undefined, event: PlanEvent): PlanBody => {
  if (event.event_type === 'PLAN_CREATED') return created(event);
  if (!plan) throw new TypeError(`a plan's ledger starts with PLAN_CREATED, not ${event.event_type}`);
  const stepId = stepOf(event);
  const after = { ...evolvePlan(plan, event), updated_at: event.timestamp };
  if (!stepId) return after;
  const isToBeUndone = plan.compensate === true;
  const evolved = (step: PlanStep) =>
    step.step_id === stepId ? evolveStep(step, event, isToBeUndone) : step;
  return { ...after, steps: plan.steps.map(evolved) };
};
