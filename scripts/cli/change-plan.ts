import type { ChangeResult } from '../../src/application/change-plan.ts';
import { type CommandPlanDeps, commandPlan } from '../../src/application/command-plan.ts';
import type { EventPublisher } from '../../src/application/ports/events.ts';
import type { PlanEvent } from '../../src/domain/plan/plan-event.ts';
import { oneLine } from './one-line.ts';
import type { ChangeRequest } from './plans-arguments.ts';
import { planNotFound, refused } from './refusal.ts';
import type { ToolAnswer } from './run-tool.ts';

/** Publishes after the commit: a bus that fails then makes the change no less done, and the cycle publishes again. */
const forgiving = (inner: EventPublisher, notes: string[]): EventPublisher => ({
  ...inner,
  async publishActionApproved(event) {
    try {
      await inner.publishActionApproved(event);
    } catch (error) {
      notes.push(
        `approved, but not published (${(error as Error).message}); a later cycle publishes it again`,
      );
    }
  },
});

const eventText = ({ event_type, timestamp, data }: PlanEvent): string =>
  `  ${timestamp}  ${event_type}${'step_id' in data && data.step_id ? ` ${data.step_id}` : ''}`;

const done = (
  { verb, planId, by }: ChangeRequest,
  { plan, events }: Extract<ChangeResult, { ok: true }>,
  notes: readonly string[],
): ToolAnswer => {
  const headline = `${planId}: ${verb} by ${by}: ${events.length === 0 ? 'nothing was left to do' : 'done'}, ${plan.plan_status}`;
  return {
    exitCode: 0,
    document: { plan_id: planId, command: verb, by, plan_status: plan.plan_status, events, notes, plan },
    text: [headline, ...events.map(eventText)].map((line) => oneLine(line)).join('\n'),
    ...(notes.length > 0 && { complaint: notes.map((note) => oneLine(`note: ${note}`)).join('\n') }),
  };
};

/** Carries out what a person asks of a plan; the plan is found by its id alone. */
export const changeThePlan = async (deps: CommandPlanDeps, request: ChangeRequest): Promise<ToolAnswer> => {
  const { planId, by, command } = request;
  const key = await deps.plans.locate(planId);
  if (!key) return planNotFound(planId);
  const notes: string[] = [];
  const { clock, plans, intents, tenants, registry, events } = deps;
  const result = await commandPlan(
    { clock, plans, intents, tenants, registry, events: forgiving(events, notes) },
    { key, by, command },
  );
  return result.ok ? done(request, result, notes) : refused(result);
};
