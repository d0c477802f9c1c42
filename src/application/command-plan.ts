import type { JsonValue } from '../domain/identifiers.ts';
import { type ActionIntent, newestIntentId } from '../domain/intent/action-intent.ts';
import type { ActionTypeEntry } from '../domain/intent/action-type-registry.ts';
import { intentContentHash } from '../domain/intent/intent-content.ts';
import type { PlanCommand, SaidByPerson } from '../domain/plan/command.ts';
import { findStep, type Plan } from '../domain/plan/plan.ts';
import { activationFacts } from './activation-facts.ts';
import { type ChangeResult, changePlan } from './change-plan.ts';
import type { Clock } from './clock.ts';
import type { ActionTypeRegistry, TenantStore } from './ports/configuration.ts';
import type { EventPublisher } from './ports/events.ts';
import type { IntentStore } from './ports/executions.ts';
import type { PlanKey, PlanStore } from './ports/plans.ts';

export interface CommandPlanDeps {
  readonly clock: Clock;
  readonly plans: PlanStore;
  readonly intents: IntentStore;
  readonly tenants: TenantStore;
  readonly registry: ActionTypeRegistry;
  readonly events: EventPublisher;
}

/** Which intent a person means, and what they saw of it. */
interface OfIntent {
  readonly step_id: string;
  /** Absent: the step's newest. */
  readonly attempt?: number | undefined;
  /** SHA-256 of what they were shown, as `listApprovals` gives it; absent: it is not asked whether that is still so. */
  readonly shown?: string | undefined;
  readonly reason?: string | undefined;
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
      readonly do: 'skip_step' | 'grant_attempt';
      readonly step_id: string;
      readonly reason?: string | undefined;
    }
  | ({ readonly do: 'approve_intent' | 'reject_intent' } & OfIntent)
  | ({
      readonly do: 'edit_intent';
      /** A value replaces its parameter as a whole, null removes it, and the others stay. */
      readonly parameters: Readonly<Record<string, JsonValue>>;
      /** Approve what comes of it, in the same act. */
      readonly approve?: boolean | undefined;
    } & OfIntent);

type IntentCommand = Extract<PersonCommand, { do: 'approve_intent' | 'reject_intent' | 'edit_intent' }>;

const NO_REASON = 'no reason given';

const newestIntent = async (
  { intents }: CommandPlanDeps,
  plan: Plan | undefined,
  stepId: string,
): Promise<ActionIntent | undefined> => {
  const step = plan && findStep(plan, stepId);
  const id = step && newestIntentId(plan.plan_id, step);
  return plan && id !== undefined ? intents.get(plan, id) : undefined;
};

/** What the version that an intent pins makes of parameters: nothing, when there is no such version. */
const mappingOf = async (
  { registry }: CommandPlanDeps,
  intent: ActionIntent | undefined,
): Promise<ActionTypeEntry['parameter_mapping']> => {
  const entry = intent && (await registry.get(intent.tenant_id, intent.action_type, intent.registry_version));
  return entry?.parameter_mapping ?? {};
};

/** A command about an intent, with what the intent is now. An intent's content never changes, so that only its plan need be unchanged. */
const intentCommand = async (
  deps: CommandPlanDeps,
  command: IntentCommand,
  plan: Plan | undefined,
): Promise<PlanCommand> => {
  const { step_id, shown, reason } = command;
  const intent = await newestIntent(deps, plan, step_id);
  const said: SaidByPerson = {
    ...{ step_id, shown, reason },
    attempt: command.attempt ?? intent?.attempt ?? 0,
    content_hash: intent && intentContentHash(intent),
  };
  if (command.do === 'edit_intent') {
    const { parameters, approve } = command;
    const mapping = await mappingOf(deps, intent);
    return { type: 'EDIT_INTENT', ...said, parameters, approve, intent, mapping };
  }
  return command.do === 'approve_intent'
    ? { type: 'APPROVE_INTENT', ...said }
    : { type: 'REJECT_INTENT', ...said, reason: reason || NO_REASON };
};

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
    case 'reject_intent':
    case 'edit_intent':
      return intentCommand(deps, command, plan);
  }
};

const approves = (command: PersonCommand): command is IntentCommand =>
  command.do === 'approve_intent' || (command.do === 'edit_intent' && command.approve === true);

/** An approval that is repeated is told again, which does no harm: should the first telling have been lost, this one counts. */
const publishApproval = async ({ events }: CommandPlanDeps, plan: Plan, stepId: string): Promise<void> => {
  const in_flight = findStep(plan, stepId)?.in_flight;
  if (in_flight?.approval?.result !== 'GIVEN') return;
  const { action_intent_id } = in_flight;
  const { tenant_id, account_id } = plan;
  const approval = { approval_source: 'HUMAN', auto_executed: false } as const;
  await events.publishActionApproved({ tenant_id, account_id, action_intent_id, ...approval });
};

/**
 * Carries out what a person asks of a plan, or says why not. Approving or rejecting twice is done once. An approved intent is published after its approval is committed; should
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
  if (result.ok && approves(command)) await publishApproval(deps, result.plan, command.step_id);
  return result;
};
