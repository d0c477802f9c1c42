import { type ActionIntent, actionIntentId, type EditedField } from '../intent/action-intent.ts';
import { editComplaint, editedFields, editedParameters } from '../intent/edit-parameters.ts';
import { intentContentHash } from '../intent/intent-content.ts';
import type { Decision, DecisionContext, PlanCommand, Refusal, SaidByPerson } from './command.ts';
import { approvalDeadline, approved, expired, notWaiting } from './decide-approval.ts';
import { accept, alreadyDone, eventOf, refuse } from './decision.ts';
import { findStep, type InFlight, type Plan, type PlanStep } from './plan.ts';
import type { PlanEvent } from './plan-event.ts';
import { failAndPause, noStep, notRunning } from './step-decision.ts';

type Of<T extends PlanCommand['type']> = Extract<PlanCommand, { type: T }>;
type PersonDecision = NonNullable<PlanStep['last_decision']>;

/** A step whose attempt nobody has approved yet. */
type Waiting = PlanStep & { readonly in_flight: InFlight };

const isWaiting = (step: PlanStep): step is Waiting =>
  step.in_flight !== undefined && step.in_flight.approval?.result !== 'GIVEN';

/** Shortest beginning of a hash that stands for all of it, in characters. */
const MIN_HASH_CHARACTERS = 12;

const isShown = (shown: string | undefined, content_hash: string | undefined): boolean =>
  shown === undefined ||
  shown === content_hash ||
  (shown.length >= MIN_HASH_CHARACTERS && content_hash?.startsWith(shown) === true);

/** The same person has said the same of the same attempt before: a second click, which changes nothing. */
const isRepeated = (
  { last_decision }: PlanStep,
  { attempt, shown }: SaidByPerson,
  result: PersonDecision['result'],
  { actor }: DecisionContext,
): boolean =>
  last_decision?.attempt === attempt &&
  last_decision.result === result &&
  last_decision.by === actor.id &&
  isShown(shown, last_decision.content_hash);

const DECIDED = { APPROVED: 'approved', REJECTED: 'rejected' } as const;

/** Who has decided on an attempt before, in words; undefined when nobody has. */
const decidedBefore = ({ in_flight, last_decision }: PlanStep, attempt: number): string | undefined => {
  if (last_decision?.attempt === attempt)
    return `${last_decision.by} has ${DECIDED[last_decision.result]} it`;
  const approval = in_flight?.attempt === attempt ? in_flight.approval : undefined;
  return approval?.result === 'GIVEN' ? `${approval.by} has approved it` : undefined;
};

const notWaitingAnyMore = (plan: Plan, step: PlanStep, attempt: number): Refusal => {
  const refusal = notWaiting(plan, step.step_id, attempt);
  const who = decidedBefore(step, attempt);
  return who === undefined ? refusal : { ...refusal, message: `${refusal.message}: ${who}` };
};

/** What waits is not what the person has seen. */
const contentChanged = (
  { plan_id }: Plan,
  { in_flight }: Waiting,
  { step_id, attempt, shown, content_hash }: SaidByPerson,
): Refusal | undefined => {
  if (in_flight.attempt !== attempt) {
    const what = `attempt ${in_flight.attempt} of step ${step_id} of plan ${plan_id}`;
    return refuse('CONTENT_CHANGED', `${what} is waiting for an approval, not attempt ${attempt}`);
  }
  if (isShown(shown, content_hash)) return undefined;
  const what = `what is to be done by step ${step_id} of plan ${plan_id}`;
  return refuse('CONTENT_CHANGED', `${what} is not what was shown (${shown}) but ${content_hash}`);
};

const blocked = ({ plan_id }: Plan, { step_id, in_flight }: Waiting): Refusal | undefined => {
  const { blocked_by, check_at } = in_flight;
  if (blocked_by === undefined) return undefined;
  const what = `step ${step_id} of plan ${plan_id}`;
  return refuse('APPROVAL_BLOCKED', `${what} is blocked by ${blocked_by} and looked at again at ${check_at}`);
};

/** Nobody approves what they have asked for, be it the plan or an edit that they have handed in before. */
const ownWork = (
  plan: Plan,
  { step_id, in_flight }: Waiting,
  { actor }: DecisionContext,
): Refusal | undefined => {
  const { plan_id, created_by } = plan;
  if (actor.id === created_by)
    return refuse(
      'SELF_APPROVAL',
      `plan ${plan_id} was created by ${created_by}, who cannot approve its actions`,
    );
  if (!in_flight.edited_by?.includes(actor.id)) return undefined;
  const what = `step ${step_id} of plan ${plan_id}`;
  return refuse('SELF_APPROVAL', `${what} was edited by ${actor.id}, who cannot approve it`);
};

const lapsed = (plan: Plan, step: Waiting, now: string): Refusal | undefined => {
  const deadline = approvalDeadline(plan, step);
  return now >= deadline ? expired(deadline) : undefined;
};

/** What an approval by a person is about. */
interface Approved {
  readonly action_intent_id: string;
  readonly content_hash?: string | undefined;
}

const approvedByPerson = (
  plan: Plan,
  command: SaidByPerson,
  { action_intent_id, content_hash }: Approved,
  context: DecisionContext,
): PlanEvent => {
  const { reason } = command;
  const source = {
    ...{ source: 'HUMAN' as const, action_intent_id },
    ...(reason !== undefined && { reason }),
    ...(content_hash !== undefined && { content_hash }),
  };
  return approved(plan, command, source, context);
};

export const approveIntent = (
  plan: Plan,
  command: Of<'APPROVE_INTENT'>,
  context: DecisionContext,
): Decision => {
  const { step_id, attempt, content_hash } = command;
  const step = findStep(plan, step_id);
  if (!step) return noStep(plan, step_id);
  if (isRepeated(step, command, 'APPROVED', context)) return alreadyDone;
  if (plan.plan_status !== 'ACTIVE') return notRunning(plan);
  if (!isWaiting(step)) return notWaitingAnyMore(plan, step, attempt);
  const refusal =
    contentChanged(plan, step, command) ??
    blocked(plan, step) ??
    ownWork(plan, step, context) ??
    lapsed(plan, step, context.now);
  const { action_intent_id } = step.in_flight;
  return refusal ?? accept(approvedByPerson(plan, command, { action_intent_id, content_hash }, context));
};

export const rejectIntent = (
  plan: Plan,
  command: Of<'REJECT_INTENT'>,
  context: DecisionContext,
): Decision => {
  const { step_id, attempt, reason: note, content_hash } = command;
  const step = findStep(plan, step_id);
  if (!step) return noStep(plan, step_id);
  if (isRepeated(step, command, 'REJECTED', context)) return alreadyDone;
  if (plan.plan_status !== 'ACTIVE' && plan.plan_status !== 'PAUSED') return notRunning(plan);
  if (!isWaiting(step)) return notWaitingAnyMore(plan, step, attempt);
  const failure = {
    ...{ reason: 'approval_rejected', intent_status: 'REJECTED' as const },
    ...(note !== undefined && { note }),
    ...(content_hash !== undefined && { content_hash }),
  };
  return contentChanged(plan, step, command) ?? failAndPause(plan, command, failure, context);
};

/** What an edit makes of an intent. */
interface Edit {
  readonly intent: ActionIntent;
  readonly parameters: ActionIntent['parameters'];
  readonly edited_fields: readonly EditedField[];
}

const editOf = (intent: ActionIntent, { parameters: asked }: Of<'EDIT_INTENT'>): Edit => {
  const parameters = editedParameters(intent.parameters, asked);
  return { intent, parameters, edited_fields: editedFields(intent.parameters, parameters) };
};

const edited = (
  plan: Plan,
  step: Waiting,
  { reason }: SaidByPerson,
  { intent, parameters, edited_fields }: Edit,
  context: DecisionContext,
) => {
  const { plan_id } = plan;
  const { step_id, in_flight } = step;
  const { attempt, action_intent_id: supersedes } = in_flight;
  const revision = (step.last_revision ?? 0) + 1;
  const fields = edited_fields.map(({ field }) => field).join(', ');
  const data = {
    ...{ plan_id, step_id, attempt, revision, supersedes, parameters, edited_fields },
    action_intent_id: actionIntentId(plan_id, step_id, attempt, revision),
    registry_version: intent.registry_version,
    content_hash: intentContentHash({ ...intent, parameters }),
    explanation: `${context.actor.id} has changed ${fields}`,
    ...(reason !== undefined && { reason }),
  };
  return { data, event: eventOf('STEP_INTENT_EDITED', data, context) };
};

const invalid = (
  { intent, parameters }: Edit,
  { mapping, parameters: asked }: Of<'EDIT_INTENT'>,
): Refusal | undefined => {
  const sides = { before: intent.parameters, edit: asked, after: parameters };
  const complaint = editComplaint(intent.action_type, mapping, sides);
  return complaint === undefined ? undefined : refuse('INVALID_PARAMETERS', complaint);
};

/** An edit that changes nothing gets here only to be approved. */
const carryOut = (
  plan: Plan,
  step: Waiting,
  command: Of<'EDIT_INTENT'>,
  edit: Edit,
  context: DecisionContext,
): Decision => {
  if (edit.edited_fields.length === 0) {
    const { action_intent_id } = step.in_flight;
    const { content_hash } = command;
    return accept(approvedByPerson(plan, command, { action_intent_id, content_hash }, context));
  }
  const { data, event } = edited(plan, step, command, edit, context);
  return command.approve ? accept(event, approvedByPerson(plan, command, data, context)) : accept(event);
};

/** A second click on the same edit finds nothing left to change; one that approves, too, finds its own approval. */
const isEditRepeated = (
  step: PlanStep,
  { shown: _before, ...command }: Of<'EDIT_INTENT'>,
  edit: Edit,
  context: DecisionContext,
): boolean => {
  if (edit.edited_fields.length > 0) return false;
  if (command.approve) return isRepeated(step, command, 'APPROVED', context);
  return isWaiting(step) && step.in_flight.attempt === command.attempt;
};

/**
 * Lets another intent stand in for the one that waits for a person, with some parameters changed. It has to be approved anew, by somebody
 * else than whoever changed it; or in the same act, by whoever may approve it anyway.
 */
export const editIntent = (plan: Plan, command: Of<'EDIT_INTENT'>, context: DecisionContext): Decision => {
  const { step_id, attempt, intent } = command;
  const step = findStep(plan, step_id);
  if (!step) return noStep(plan, step_id);
  if (!intent) return notWaiting(plan, step_id, attempt);
  const edit = editOf(intent, command);
  const wrong = invalid(edit, command);
  if (wrong) return wrong;
  if (isEditRepeated(step, command, edit, context)) return alreadyDone;
  if (plan.plan_status !== 'ACTIVE') return notRunning(plan);
  if (!isWaiting(step)) return notWaitingAnyMore(plan, step, attempt);
  const blockedNow = blocked(plan, step);
  if (blockedNow) return blockedNow;
  if (step.in_flight.approval === undefined) return notWaiting(plan, step_id, attempt);
  const refusal =
    contentChanged(plan, step, command) ??
    (command.approve ? ownWork(plan, step, context) : undefined) ??
    lapsed(plan, step, context.now);
  return refusal ?? carryOut(plan, step, command, edit, context);
};
