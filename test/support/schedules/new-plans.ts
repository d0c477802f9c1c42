import type { PlanCommit } from '../../../src/application/ports/plans.ts';
import { secondsAfter } from '../../../src/domain/identifiers.ts';
import { append } from '../../../src/domain/ledger/plan-ledger.ts';
import type { PlanCommand } from '../../../src/domain/plan/command.ts';
import { decide } from '../../../src/domain/plan/decide.ts';
import { dueAt } from '../../../src/domain/plan/next-move.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import type { NewPlan } from '../../../src/domain/plan/plan-event.ts';
import type { Schedule, ScheduledPlan } from './random-schedule.ts';

export const TENANTS = ['acme', 'beta'] as const;

/** Accounts are a schedule's own, so that budgets and locks of schedules on the same tables are apart. */
export const accountOf = (
  run: string,
  { tenant, account }: Pick<ScheduledPlan, 'tenant' | 'account'>,
): string => `${run}-${tenant}${account}`;

const newPlan = (run: string, start: string, plan: ScheduledPlan, index: number): NewPlan => ({
  plan_id: `${run}-p${index}`,
  plan_type: 'RENEWAL_DEFENSE',
  tenant_id: TENANTS[plan.tenant],
  account_id: accountOf(run, plan),
  objective: 'Secure the renewal',
  expires_at: secondsAfter(start, plan.lifetimeMinutes * 60),
  steps: plan.steps.map(({ byItself, afterPrevious }, step) => ({
    step_id: `s${step}`,
    action_type: byItself ? 'PREP_RENEWAL_BRIEF' : 'ESCALATE_SUPPORT_RISK',
    dependencies: afterPrevious && step > 0 ? [`s${step - 1}`] : [],
  })),
});

const eventsOf = (plan: Plan | undefined, command: PlanCommand, now: string, id: string) => {
  const decision = decide(plan, command, { now, actor: { kind: 'human', id } });
  if (!decision.ok) throw new Error(`the schedule cannot begin: ${decision.message}`);
  return decision.events;
};

/** What creates the plans of a schedule, and approves those that start APPROVED, each in one commit. */
export const firstCommits = (run: string, start: string, { plans }: Schedule): PlanCommit[] =>
  plans.map((scheduled, index) => {
    const plan = newPlan(run, start, scheduled, index);
    const created = eventsOf(undefined, { type: 'CREATE_PLAN', plan, trigger: 'schedule' }, start, 'ana');
    const draft = append(undefined, created);
    const approved =
      scheduled.status === 'DRAFT' ? [] : eventsOf(draft.plan, { type: 'APPROVE_PLAN' }, start, 'ben');
    const after = append(undefined, [...created, ...approved]);
    return { before: undefined, ...after, effects: [], due_at: dueAt(after.plan, start) };
  });
