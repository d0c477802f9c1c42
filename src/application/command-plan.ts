import type { PlanCommand } from '../domain/plan/command.ts';
import { findStep, type InFlight, type Plan, type PlanStep } from '../domain/plan/plan.ts';
import { activationFacts } from './activation-facts.ts';
import { type ChangeResult, changePlan } from './change-plan.ts';
import type { Clock } from './clock.ts';
import type { TenantStore } from './ports/configuration.ts';
import type { EventPublisher } from './ports/events.ts';
import type { PlanKey, PlanStore } from './ports/plans.ts';

export interface CommandPlanDeps {
  readonly clock: Clock;
  readonly plans: PlanStore;
  readonly tenants: TenantStore;
  readonly events: EventPublisher;
}

/** What a person may ask of a plan. */
export type PersonCommand =
  | {
      readonly do: 'approve_plan' | 'pause' | 'resume' | 'abort';
      readonly reason?: string | undefined;
      /** For `abort`: what was done is to be undone. */
      readonly compensate?: boolean | undefined;
    }
  | {
      readonly do: 'skip_step' | 'grant_attempt' | 'approve_intent' | 'reject_intent';
      readonly step_id: string;
      readonly reason?: string | undefined;
    };

const NO_REASON = 'no reason given';

const attemptInFlight = (plan: Plan | undefined, stepId: string): number =>
  (plan && findStep(plan, stepId)?.in_flight?.attempt) ?? 0;

const commandOf = async (
  deps: CommandPlanDeps,
  command: PersonCommand,
  plan: Plan | undefined,
): Promise<PlanCommand> => {
  const { reason: given } = command;
  const reason = given || NO_REASON;
  switch (command.do) {
    case 'approve_plan': {
      const tenant = plan && (await deps.tenants.get(plan.tenant_id));
      return { type: 'APPROVE_PLAN', policy: tenant?.plan_policy, reason: given };
    }
    case 'pause':
      return { type: 'PAUSE_PLAN', reason };
    case 'resume':
      return { type: 'RESUME_PLAN', reason, facts: await activationFacts(deps, plan) };
    case 'abort':
      return { type: 'ABORT_PLAN', reason, compensate: command.compensate };
    case 'skip_step':
      return { type: 'SKIP_STEP', step_id: command.step_id, reason };
    case 'grant_attempt':
      return { type: 'GRANT_ATTEMPT', step_id: command.step_id, reason };
    case 'approve_intent':
      return {
        type: 'APPROVE_INTENT',
        step_id: command.step_id,
        attempt: attemptInFlight(plan, command.step_id),
        reason: given,
      };
    case 'reject_intent': {
      const attempt = attemptInFlight(plan, command.step_id);
      return { type: 'REJECT_INTENT', step_id: command.step_id, attempt, reason };
    }
  }
};

const publishApproval = async ({ events }: CommandPlanDeps, plan: Plan, stepId: string): Promise<void> => {
  const { in_flight } = findStep(plan, stepId) as PlanStep;
  const { action_intent_id } = in_flight as InFlight;
  const { tenant_id, account_id } = plan;
  const approval = { approval_source: 'HUMAN', auto_executed: false } as const;
  await events.publishActionApproved({ tenant_id, account_id, action_intent_id, ...approval });
};

/**
 * Carries out what a person asks of a plan, or says why not. An approved intent is published after its approval is committed; should
 * that get lost, the cycle publishes it again.
 */
export const commandPlan = async (
  deps: CommandPlanDeps,
  { key, by, command }: { key: PlanKey; by: string; command: PersonCommand },
): Promise<ChangeResult> => {
  const result = await changePlan(deps.plans, {
    key,
    now: deps.clock.now().toISOString(),
    actor: { kind: 'human', id: by },
    command: (plan) => commandOf(deps, command, plan),
  });
  if (result.ok && command.do === 'approve_intent') await publishApproval(deps, result.plan, command.step_id);
  return result;
};
