import type { DecideApprovalOutput } from '../contracts/plan-cycle.ts';
import {
  type ApprovalDecision,
  decideApproval as decideByPolicy,
  POLICY_VERSION,
} from '../domain/autonomy/decide-approval.ts';
import type { ActionIntent } from '../domain/intent/action-intent.ts';
import { type Actor, findStep } from '../domain/plan/plan.ts';
import { type ChangeResult, changePlan } from './change-plan.ts';
import type { Clock } from './clock.ts';
import { requireIntent } from './intent-in-flight.ts';
import type { AutonomyStore } from './ports/configuration.ts';
import type { EventPublisher } from './ports/events.ts';
import type { IntentStore } from './ports/executions.ts';
import type { ExtraWrite, PlanStore } from './ports/plans.ts';
import type { Scope } from './ports/scope.ts';

export interface DecideApprovalDeps {
  readonly clock: Clock;
  readonly plans: PlanStore;
  readonly intents: IntentStore;
  readonly autonomy: AutonomyStore;
  readonly events: EventPublisher;
}

const POLICY: Actor = { kind: 'policy', id: POLICY_VERSION };
const DAY_LENGTH = 'YYYY-MM-DD'.length;

const output = (
  intent: ActionIntent,
  result: 'AUTO_EXECUTED' | 'REQUIRE_APPROVAL',
  reason: string | null,
) => ({
  result,
  reason,
  action_intent_id: intent.action_intent_id,
  policy_version: POLICY_VERSION,
  effect: reason === null ? 'approved by policy' : `waits for a person: ${reason}`,
});

const spend = (intent: ActionIntent, day: string, decision: ApprovalDecision | undefined): ExtraWrite[] => {
  if (decision?.result !== 'AUTO_EXECUTED') return [];
  const { tenant_id, account_id, action_type } = intent;
  const { max_autonomous_per_day } = decision;
  return [{ kind: 'SPEND_BUDGET', tenant_id, account_id, day, action_type, max_autonomous_per_day }];
};

const decideAndCommit = async (deps: DecideApprovalDeps, intent: ActionIntent, now: string) => {
  const { step_id, attempt, action_type } = intent;
  const day = now.slice(0, DAY_LENGTH);
  let decision: ApprovalDecision | undefined;
  const change = await changePlan(deps.plans, {
    key: intent,
    now,
    actor: POLICY,
    extra: () => spend(intent, day, decision),
    command: async () => {
      decision = decideByPolicy(intent, await deps.autonomy.facts(intent, action_type, day));
      const of = { step_id, attempt, policy_version: POLICY_VERSION };
      return decision.result === 'AUTO_EXECUTED'
        ? { type: 'AUTO_APPROVE', ...of }
        : { type: 'REQUIRE_APPROVAL', ...of, reason: decision.reason };
    },
  });
  return { change, decision };
};

type AskedFor = Extract<ApprovalDecision, { result: 'REQUIRE_APPROVAL' }>;

const approvedByPolicy = ({ plan }: ChangeResult, { step_id, attempt }: ActionIntent): boolean => {
  const inFlight = plan && findStep(plan, step_id)?.in_flight;
  const approval = inFlight?.attempt === attempt ? inFlight.approval : undefined;
  return approval?.result === 'GIVEN' && approval.source === 'POLICY';
};

/**
 * The autonomy gate: whether the policy approves an intent by itself. Approval, the budget it spends and the ledger entry are one
 * transaction; the event follows. Asked again about an intent that it has approved, it publishes again and spends nothing.
 *
 * @throws IntentNotFoundError when there is no such intent.
 */
export const decideApproval = async (
  deps: DecideApprovalDeps,
  input: Scope & { readonly action_intent_id: string },
): Promise<DecideApprovalOutput> => {
  const intent = await requireIntent(deps.intents, input, input.action_intent_id);
  const { change, decision } = await decideAndCommit(deps, intent, deps.clock.now().toISOString());
  if (!approvedByPolicy(change, intent)) {
    const reason = change.ok ? (decision as AskedFor).reason : change.code;
    return output(intent, 'REQUIRE_APPROVAL', reason);
  }
  const { tenant_id, account_id, action_intent_id } = intent;
  const approval = { approval_source: 'POLICY', auto_executed: true } as const;
  await deps.events.publishActionApproved({ tenant_id, account_id, action_intent_id, ...approval });
  return output(intent, 'AUTO_EXECUTED', null);
};
