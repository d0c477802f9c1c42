import { type ActionIntent, actionIntentId, type EditedField } from '../intent/action-intent.ts';
import { editComplaint, editedFields, editedParameters } from '../intent/edit-parameters.ts';
import { intentContentHash } from '../intent/intent-content.ts';
import type { Decision, DecisionContext, PlanCommand, Refusal, SaidByPerson } from './command.ts';
import { notWaiting } from './decide-approval.ts';
import {
  approvedByPerson,
  blocked,
  contentChanged,
  isRepeated,
  isWaiting,
  lapsed,
  notWaitingAnyMore,
  ownWork,
  type Waiting,
} from './decide-person.ts';
import { accept, alreadyDone, eventOf, refuse } from './decision.ts';
import { findStep, type Plan, type PlanStep } from './plan.ts';
import { noStep, notRunning } from './step-decision.ts';

type Of<T extends PlanCommand['type']> = Extract<PlanCommand, { type: T }>;

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
