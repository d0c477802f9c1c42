import { append } from '../ledger/plan-ledger.ts';
import type { PolicyReason } from '../policy/policy-reason.ts';
import type { Decision, DecisionContext, Refusal, RefusalCode } from './command.ts';
import { evaluatePlanState } from './evaluate-plan-state.ts';
import type { Plan } from './plan.ts';
import type { PlanEvent, PlanEventData, PlanEventType } from './plan-event.ts';

export const refuse = (code: RefusalCode, message: string, reasons?: readonly PolicyReason[]): Refusal => ({
  ok: false,
  code,
  message,
  ...(reasons && { reasons }),
  events: [],
});

export const accept = (...events: PlanEvent[]): Decision => ({ ok: true, events });

/** A command that was carried out before: nothing is left to do. */
export const alreadyDone: Decision = { ok: true, events: [] };

export const eventOf = <T extends PlanEventType>(
  event_type: T,
  data: PlanEventData[T],
  { now, actor }: DecisionContext,
): PlanEvent => ({ event_type, timestamp: now, actor, data }) as PlanEvent;

/** The plan as it would be after some events. */
export const after = (plan: Plan, events: readonly PlanEvent[]): Plan => append(plan, events).plan;

/** The event that ends a plan if it has come to its end: expired, or complete while it is ACTIVE. */
export const endOf = (plan: Plan, context: DecisionContext, signals?: readonly string[]): PlanEvent[] => {
  const { plan_id } = plan;
  const verdict = evaluatePlanState({ plan, now: context.now, signals });
  if (verdict.action === 'EXPIRE') {
    return [eventOf('PLAN_EXPIRED', { plan_id, expired_at: verdict.expired_at }, context)];
  }
  if (verdict.action === 'COMPLETE' && plan.plan_status === 'ACTIVE') {
    return [eventOf('PLAN_COMPLETED', { plan_id, completion_reason: verdict.completion_reason }, context)];
  }
  return [];
};

/** Events of a step, followed by the plan's end if they bring it about. */
export const withEnd = (plan: Plan, events: PlanEvent[], context: DecisionContext): Decision => {
  if (plan.plan_status !== 'ACTIVE') return accept(...events);
  return accept(...events, ...endOf(after(plan, events), context));
};
