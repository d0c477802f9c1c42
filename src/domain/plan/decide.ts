import type { Decision, DecisionContext, PlanCommand } from './command.ts';
import {
  autoApprove,
  blockApproval,
  escalateApproval,
  expireApproval,
  requireApproval,
} from './decide-approval.ts';
import { editIntent } from './decide-edit.ts';
import { abort, activate, approve, create, evaluate, pause, resume } from './decide-lifecycle.ts';
import { approveIntent, grantAttempt, rejectIntent, skipStep } from './decide-person.ts';
import {
  applyOutcome,
  cancelUnstarted,
  postponeCheck,
  publishAgain,
  recordCompensation,
  startStep,
} from './decide-step.ts';
import { refuse } from './decision.ts';
import type { Plan } from './plan.ts';

const decideExisting = (plan: Plan, command: PlanCommand, context: DecisionContext): Decision => {
  switch (command.type) {
    case 'CREATE_PLAN':
      return refuse('PLAN_EXISTS', `plan ${plan.plan_id} exists already`);
    case 'APPROVE_PLAN':
      return approve(plan, command, context);
    case 'ACTIVATE_PLAN':
      return activate(plan, command, context);
    case 'RESUME_PLAN':
      return resume(plan, command, context);
    case 'PAUSE_PLAN':
      return pause(plan, command, context);
    case 'ABORT_PLAN':
      return abort(plan, command, context);
    case 'EVALUATE_PLAN':
      return evaluate(plan, command, context);
    case 'START_STEP':
      return startStep(plan, command, context);
    case 'REQUIRE_APPROVAL':
      return requireApproval(plan, command, context);
    case 'BLOCK_APPROVAL':
      return blockApproval(plan, command, context);
    case 'AUTO_APPROVE':
      return autoApprove(plan, command, context);
    case 'APPROVE_INTENT':
      return approveIntent(plan, command, context);
    case 'REJECT_INTENT':
      return rejectIntent(plan, command, context);
    case 'EDIT_INTENT':
      return editIntent(plan, command, context);
    case 'ESCALATE_APPROVAL':
      return escalateApproval(plan, command, context);
    case 'EXPIRE_APPROVAL':
      return expireApproval(plan, command, context);
    case 'CANCEL_UNSTARTED':
      return cancelUnstarted(plan, command, context);
    case 'PUBLISH_AGAIN':
      return publishAgain(plan, command, context);
    case 'POSTPONE_CHECK':
      return postponeCheck(plan, command, context);
    case 'APPLY_OUTCOME':
      return applyOutcome(plan, command, context);
    case 'RECORD_COMPENSATION':
      return recordCompensation(plan, command, context);
    case 'SKIP_STEP':
      return skipStep(plan, command, context);
    case 'GRANT_ATTEMPT':
      return grantAttempt(plan, command, context);
  }
};

/**
 * What follows from a command. Pure: the same plan, command and context always give the same answer, and nothing is
 * read or written. An outcome that was applied before gives no events; what must not be carried out, a refusal.
 */
export const decide = (plan: Plan | undefined, command: PlanCommand, context: DecisionContext): Decision => {
  if (plan) return decideExisting(plan, command, context);
  if (command.type === 'CREATE_PLAN') return create(command, context);
  return refuse('PLAN_NOT_FOUND', 'there is no such plan');
};
