import type { DecideApprovalOutput } from '../contracts/plan-cycle.ts';
import {
  decideApproval as decideByPolicy,
  type GateDecision,
  POLICY_VERSION,
} from '../domain/autonomy/approval-gate.ts';
import type { ActionIntent } from '../domain/intent/action-intent.ts';
import type { PlanCommand } from '../domain/plan/command.ts';
import { type Actor, findStep, type InFlight, type Plan } from '../domain/plan/plan.ts';
import { type AutonomyFactsDeps, autonomyFacts } from './autonomy-facts.ts';
import { type ChangeResult, changePlan } from './change-plan.ts';
import type { Clock } from './clock.ts';
import { requireIntent } from './intent-in-flight.ts';
import type { EventPublisher } from './ports/events.ts';
import type { IntentStore } from './ports/executions.ts';
import type { PlanStore } from './ports/plans.ts';
import type { Scope } from './ports/scope.ts';

export interface DecideApprovalDeps extends AutonomyFactsDeps {
  readonly clock: Clock;
  readonly plans: PlanStore;
  readonly intents: IntentStore;
  readonly events: EventPublisher;
}

const POLICY: Actor = { kind: 'policy', id: POLICY_VERSION };

const commandOf = (intent: ActionIntent, decision: GateDecision): PlanCommand => {
  const { step_id, attempt } = intent;
  const { policy_clause, explanation } = decision;
  const said = { step_id, attempt, policy_version: POLICY_VERSION, policy_clause, explanation };
  if (decision.result === 'AUTO_EXECUTED') return { type: 'AUTO_APPROVE', ...said, budget: decision.spend };
  const { reason } = decision;
  if (reason === 'INTENT_EXPIRED') return { type: 'EXPIRE_APPROVAL', step_id, attempt };
  return { type: decision.result === 'BLOCKED' ? 'BLOCK_APPROVAL' : 'REQUIRE_APPROVAL', ...said, reason };
};

const inFlightOf = (plan: Plan | undefined, { step_id, attempt }: ActionIntent): InFlight | undefined => {
  const inFlight = plan && findStep(plan, step_id)?.in_flight;
  return inFlight?.attempt === attempt ? inFlight : undefined;
};

interface Decided {
  readonly change: ChangeResult;
  /** Undefined when the attempt had been decided on before. */
  readonly decision: GateDecision | undefined;
}

const decideAndCommit = async (
  deps: DecideApprovalDeps,
  intent: ActionIntent,
  now: string,
): Promise<Decided> => {
  const { step_id, attempt } = intent;
  let decision: GateDecision | undefined;
  const change = await changePlan(deps.plans, {
    key: intent,
    now,
    actor: POLICY,
    command: async (plan) => {
      decision = undefined;
      // What stands is not judged again: this command changes nothing then.
      if (inFlightOf(plan, intent)?.approval)
        return { type: 'REQUIRE_APPROVAL', step_id, attempt, policy_version: POLICY_VERSION, reason: '' };
      const { facts } = await autonomyFacts(deps, intent, now);
      decision = decideByPolicy(intent, facts, now);
      return commandOf(intent, decision);
    },
  });
  return { change, decision };
};

type Blocked = Extract<GateDecision, { result: 'BLOCKED' }>;
type Answer = Pick<DecideApprovalOutput, 'result' | 'reason' | 'policy_clause' | 'explanation'>;

/** What stands of an attempt, whoever decided it and when. */
const standing = ({ change, decision }: Decided, intent: ActionIntent): Answer => {
  const approval = inFlightOf(change.plan, intent)?.approval;
  if (approval?.result === 'REQUIRED') {
    const { reason, policy_clause = null, explanation = reason } = approval;
    return { result: 'REQUIRE_APPROVAL', reason, policy_clause, explanation };
  }
  if (approval?.source === 'POLICY') {
    const explanation = decision?.explanation ?? `approved by policy at ${approval.at}`;
    return { result: 'AUTO_EXECUTED', reason: null, policy_clause: 'AUTO_EXECUTE_ALLOWED', explanation };
  }
  if (approval) {
    const explanation = `${approval.by} has approved it at ${approval.at}`;
    return { result: 'BLOCKED', reason: 'INTENT_NOT_OPEN', policy_clause: 'INTENT_IS_OPEN', explanation };
  }
  if (!change.ok) {
    const { code: reason, message: explanation } = change;
    return { result: 'BLOCKED', reason, policy_clause: 'INTENT_IS_OPEN', explanation };
  }
  const { reason, policy_clause, explanation } = decision as Blocked;
  return { result: 'BLOCKED', reason, policy_clause, explanation };
};

const EFFECTS: Readonly<Record<Answer['result'], string>> = {
  AUTO_EXECUTED: 'approved by policy',
  REQUIRE_APPROVAL: 'waits for a person',
  BLOCKED: 'blocked',
};

/**
 * The autonomy gate: whether the policy approves an intent by itself. Approval, the budget it takes and the ledger entry are one
 * transaction; the event follows. Asked again about an intent that it has decided on, it gives the same answer, publishes an approval
 * again and takes nothing.
 *
 * @throws IntentNotFoundError when there is no such intent.
 * @throws whatever the reads throw: who cannot read the switches must not approve.
 */
export const decideApproval = async (
  deps: DecideApprovalDeps,
  input: Scope & { readonly action_intent_id: string },
): Promise<DecideApprovalOutput> => {
  const intent = await requireIntent(deps.intents, input, input.action_intent_id);
  const now = deps.clock.now().toISOString();
  const decided = await decideAndCommit(deps, intent, now);
  const answer = standing(decided, intent);
  const { tenant_id, account_id, action_intent_id } = intent;
  if (answer.result === 'AUTO_EXECUTED') {
    const approval = { approval_source: 'POLICY', auto_executed: true } as const;
    await deps.events.publishActionApproved({ tenant_id, account_id, action_intent_id, ...approval });
  }
  const already_published = answer.result === 'AUTO_EXECUTED' && decided.decision === undefined;
  const effect = `${EFFECTS[answer.result]}${answer.reason === null ? '' : `: ${answer.reason}`}`;
  return { ...answer, action_intent_id, already_published, policy_version: POLICY_VERSION, effect };
};
