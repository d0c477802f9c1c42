import { isInFlight, isSettled, isTerminal, type Plan } from '../../../src/domain/plan/plan.ts';
import type { PlanRows } from './watched-plan.ts';

/** What was approved before the plan ended is still to be heard of. */
const isUnheard = ({ steps }: Plan): boolean =>
  steps.some(({ in_flight }) => in_flight?.approval?.result === 'GIVEN');

/** Nothing but an answer of a person keeps it from going on. */
const waitsForAPerson = ({ steps }: Plan): boolean => {
  const open = steps.filter((step) => !isSettled(step));
  const asked = open.filter((step) => isInFlight(step) && step.in_flight?.approval?.result === 'REQUIRED');
  const behind = open.filter(
    (step) =>
      step.status === 'PENDING' && step.dependencies.some((id) => open.some((other) => other.step_id === id)),
  );
  return asked.length > 0 && asked.length + behind.length === open.length;
};

/** An approved plan that the policy gate keeps back until another one, of which the same is asked, is ACTIVE no more. */
const isBlocked = ({ plan }: PlanRows, all: ReadonlyMap<string, PlanRows>): boolean =>
  plan.plan_status === 'APPROVED' &&
  [...all.values()].some(
    (other) => other.plan.plan_status === 'ACTIVE' && other.plan.account_id === plan.account_id,
  );

/** Terminal with nothing in flight, not begun, paused, waiting for a person or behind another plan: the orchestrator cannot do anything for it. */
export const isAtRest = (rows: PlanRows, all: ReadonlyMap<string, PlanRows>): boolean => {
  const { plan } = rows;
  if (isTerminal(plan.plan_status)) return !isUnheard(plan);
  if (plan.plan_status === 'PAUSED' || plan.plan_status === 'DRAFT') return true;
  return plan.plan_status === 'ACTIVE' ? waitsForAPerson(plan) : isBlocked(rows, all);
};
