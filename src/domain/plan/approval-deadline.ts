import { secondsAfter } from '../identifiers.ts';
import { intentExpiry } from '../intent/action-intent.ts';
import type { InFlight, Plan, PlanStep } from './plan.ts';

/** Share of the time between dispatch and deadline after which an approval that nobody has given is escalated: the last quarter. */
const ESCALATED_AFTER = 0.75;

/** Until when the intent of the attempt in flight may be approved. */
export const approvalDeadline = (plan: Plan, step: PlanStep): string =>
  intentExpiry(plan, step.action_type, (step.in_flight as InFlight).since);

/** From when on it is told that nobody has approved the attempt in flight yet. */
export const escalationTime = (plan: Plan, step: PlanStep): string => {
  const { since } = step.in_flight as InFlight;
  const seconds = (Date.parse(approvalDeadline(plan, step)) - Date.parse(since)) / 1000;
  return secondsAfter(since, seconds * ESCALATED_AFTER);
};
