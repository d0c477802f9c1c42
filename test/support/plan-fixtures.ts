import { secondsAfter } from '../../src/domain/identifiers.ts';
import { type ActionIntent, newActionIntent, newestIntentId } from '../../src/domain/intent/action-intent.ts';
import type { ActionTypeEntry } from '../../src/domain/intent/action-type-registry.ts';
import { append, type LedgerEntry } from '../../src/domain/ledger/plan-ledger.ts';
import type { Decision, DecisionContext, PlanCommand } from '../../src/domain/plan/command.ts';
import { decide } from '../../src/domain/plan/decide.ts';
import {
  type Actor,
  findStep,
  type Plan,
  type PlanStatus,
  type PlanStep,
} from '../../src/domain/plan/plan.ts';
import type { NewPlan, NewStep } from '../../src/domain/plan/plan-event.ts';
import type { ActivationFacts } from '../../src/domain/policy/plan-policy-gate.ts';

/** The instant at which the plans of the tests are created. */
export const START = '2026-01-05T09:00:00.000Z';
/** The instant at which they expire, unless a test says otherwise. */
export const EXPIRY = '2026-02-04T09:00:00.000Z';
export const MINUTES_TO_EXPIRY = (Date.parse(EXPIRY) - Date.parse(START)) / 60_000;

export const minute = (minutes: number): string => secondsAfter(START, minutes * 60);

/** Creates plans, and may therefore not approve them. */
export const ana: Actor = { kind: 'human', id: 'ana' };
export const ben: Actor = { kind: 'human', id: 'ben' };
export const policy: Actor = { kind: 'policy', id: 'AutoApprovalPolicyV1' };
export const orchestrator: Actor = { kind: 'system', id: 'plan-orchestrator' };

/** The circumstances of a decision, some minutes after the plan was created. */
export const at = (minutes: number, actor: Actor = orchestrator): DecisionContext => ({
  now: minute(minutes),
  actor,
});

export const newStep = (step_id: string, more: Partial<NewStep> = {}): NewStep => ({
  step_id,
  action_type: 'PREP_RENEWAL_BRIEF',
  dependencies: [],
  ...more,
});

/** Steps of which the first waits no longer than a week for its approval, so that its plan lives on when it has lapsed. */
export const MEETING_FIRST: NewStep[] = [
  newStep('s1', { action_type: 'REQUEST_RENEWAL_MEETING', sequence: 1 }),
  newStep('s2', { sequence: 2, dependencies: ['s1'] }),
];
export const WEEK_MINUTES = 7 * 24 * 60;

export const newPlan = (more: Partial<NewPlan> = {}): NewPlan => ({
  plan_id: 'p1',
  plan_type: 'RENEWAL_DEFENSE',
  tenant_id: 'acme',
  account_id: 'a1',
  objective: 'Secure the renewal before day -30',
  steps: [newStep('s1', { sequence: 1 }), newStep('s2', { sequence: 2, dependencies: ['s1'] })],
  expires_at: EXPIRY,
  ...more,
});

export const NOTHING_IN_THE_WAY: ActivationFacts = { existing_active_plan_ids: [], unmet_preconditions: [] };

/** A command, and the circumstances in which it is given. */
export type Told = readonly [PlanCommand, DecisionContext];

export interface Story {
  readonly plan: Plan;
  readonly entries: readonly LedgerEntry[];
}

const acceptedEvents = (decision: Decision) => {
  if (decision.ok) return decision.events;
  throw new Error(`the story goes wrong: ${decision.code}: ${decision.message}`);
};

/** Carries out one command after the other; all of them must be accepted. */
export const story = (told: readonly Told[], from?: Story): Story => {
  let [plan, entries] = [from?.plan, from?.entries ?? []];
  for (const [command, context] of told) {
    const appended = append(plan, acceptedEvents(decide(plan, command, context)));
    plan = appended.plan;
    entries = [...entries, ...appended.entries];
  }
  if (!plan) throw new Error('a story needs a command');
  return { plan, entries };
};

/** The plan after some more commands. */
export const then = (plan: Plan, ...told: Told[]): Plan => story(told, { plan, entries: [] }).plan;

const created = (more?: Partial<NewPlan>): Told => [
  { type: 'CREATE_PLAN', plan: newPlan(more), trigger: 'proposal_generated' },
  at(0, ana),
];
const approved: Told = [{ type: 'APPROVE_PLAN' }, at(1, ben)];
const activated: Told = [{ type: 'ACTIVATE_PLAN', facts: NOTHING_IN_THE_WAY }, at(2)];

/** The commands that bring a plan to a status on the shortest way. */
export const toStatus = (status: PlanStatus, more?: Partial<NewPlan>): Told[] => {
  const active = [created(more), approved, activated];
  const ways: Record<PlanStatus, Told[]> = {
    DRAFT: [created(more)],
    APPROVED: [created(more), approved],
    ACTIVE: active,
    PAUSED: [...active, [{ type: 'PAUSE_PLAN', reason: 'holiday' }, at(3, ben)]],
    COMPLETED: [...active, [{ type: 'EVALUATE_PLAN', signals: ['RENEWAL_SECURED'] }, at(3)]],
    ABORTED: [...active, [{ type: 'ABORT_PLAN', reason: 'lost' }, at(3, ben)]],
    EXPIRED: [...active, [{ type: 'EVALUATE_PLAN' }, at(MINUTES_TO_EXPIRY)]],
  };
  return ways[status];
};

export const planIn = (status: PlanStatus, more?: Partial<NewPlan>): Plan =>
  story(toStatus(status, more)).plan;

export const start = (step_id: string, minutes: number, attempts_made = 0): Told => [
  { type: 'START_STEP', step_id, attempts_made },
  at(minutes),
];

export const requireApproval = (step_id: string, minutes: number, attempt = 1): Told => [
  { type: 'REQUIRE_APPROVAL', step_id, attempt, reason: 'TENANT_POLICY', policy_version: 'v1' },
  at(minutes, policy),
];

export const blockApproval = (
  step_id: string,
  minutes: number,
  reason = 'KILL_SWITCH_ENABLED',
  attempt = 1,
): Told => [{ type: 'BLOCK_APPROVAL', step_id, attempt, reason, policy_version: 'v1' }, at(minutes, policy)];

export const approveIntent = (step_id: string, minutes: number, attempt = 1): Told => [
  { type: 'APPROVE_INTENT', step_id, attempt },
  at(minutes, ben),
];

/** The newest intent of a step, as the ledger tells of it; it has no edits when there are no entries. */
export const newestIntent = ({ plan, entries }: Story, step_id: string): ActionIntent | undefined => {
  const step = findStep(plan, step_id);
  if (step?.last_attempt === undefined) return undefined;
  const attempt = step.last_attempt;
  const edits = entries.filter(
    ({ event_type, data }) =>
      event_type === 'STEP_INTENT_EDITED' &&
      'attempt' in data &&
      data.step_id === step_id &&
      data.attempt === attempt,
  );
  const { parameters } = (edits.at(-1)?.data ?? {}) as { parameters?: ActionIntent['parameters'] };
  return {
    ...newActionIntent(plan, step, attempt, START),
    action_intent_id: newestIntentId(plan.plan_id, step) as string,
    ...(parameters && { parameters }),
  };
};

/** What the actions of the tests know: an optional content, and an optional tone. */
export const MAPPING: ActionTypeEntry['parameter_mapping'] = {
  content: { toolParam: 'content', transform: 'PASSTHROUGH', required: false },
  tone: { toolParam: 'tone', transform: 'PASSTHROUGH', required: false },
};

type Edit = Extract<PlanCommand, { type: 'EDIT_INTENT' }>;

/** An edit of what waits in a plan or story. */
export const editIntent = (
  of: Plan | Story,
  step_id: string,
  minutes: number,
  { by = ben, ...more }: Partial<Edit> & { readonly by?: Actor } = {},
): Told => {
  const intent = newestIntent('plan' in of ? of : { plan: of, entries: [] }, step_id);
  const edit = { parameters: { content: 'Better' }, mapping: MAPPING, intent, attempt: 1, ...more };
  return [{ type: 'EDIT_INTENT', step_id, ...edit }, at(minutes, by)];
};

export const autoApprove = (step_id: string, minutes: number, attempt = 1): Told => [
  { type: 'AUTO_APPROVE', step_id, attempt, policy_version: 'v1' },
  at(minutes, policy),
];

export const succeed = (step_id: string, minutes: number, attempt = 1): Told => [
  { type: 'APPLY_OUTCOME', step_id, attempt, outcome: { result: 'SUCCEEDED' } },
  at(minutes),
];

export const fail = (step_id: string, minutes: number, attempt = 1, reason = 'CRM_REFUSED'): Told => [
  { type: 'APPLY_OUTCOME', step_id, attempt, outcome: { result: 'FAILED', reason } },
  at(minutes),
];

/** Nobody can say what came of the attempt. */
export const loseTrack = (step_id: string, minutes: number, attempt = 1): Told => [
  { type: 'APPLY_OUTCOME', step_id, attempt, outcome: { result: 'UNKNOWN' } },
  at(minutes),
];

/** The minute at which an approval is escalated that was asked for in one minute and lapses in another. */
export const escalationMinute = (since: number, lapses: number): number => since + (lapses - since) * 0.75;

export const escalateApproval = (step_id: string, minutes: number, attempt = 1): Told => [
  { type: 'ESCALATE_APPROVAL', step_id, attempt },
  at(minutes),
];

/** Leaves the attempt alone until an hour after `minutes`. */
export const postponeCheck = (step_id: string, minutes: number, attempt = 1): Told => [
  { type: 'POSTPONE_CHECK', step_id, attempt, until: minute(minutes + 60) },
  at(minutes),
];

export const expireApproval = (step_id: string, minutes: number, attempt = 1): Told => [
  { type: 'EXPIRE_APPROVAL', step_id, attempt },
  at(minutes),
];

export const cancelUnstarted = (step_id: string, minutes: number, attempt = 1): Told => [
  { type: 'CANCEL_UNSTARTED', step_id, attempt },
  at(minutes),
];

export const publishAgain = (step_id: string, minutes: number, attempt = 1): Told => [
  { type: 'PUBLISH_AGAIN', step_id, attempt },
  at(minutes),
];

export const stepOf = (plan: Plan, step_id: string): PlanStep => {
  const step = findStep(plan, step_id);
  if (!step) throw new Error(`no step ${step_id}`);
  return step;
};

/** A decision in a word: its events, `nothing`, or the code of the refusal. */
export const inShort = (decision: Decision): string => {
  if (!decision.ok) return decision.code;
  return decision.events.map(({ event_type }) => event_type).join(' ') || 'nothing';
};
