import type { BudgetLevel, BudgetSpend } from '../autonomy/budget.ts';
import { type ActionIntent, newActionIntent, revisedIntent } from '../intent/action-intent.ts';
import { findStep, type InFlight, isTerminal, type Plan, type PlanStep } from './plan.ts';
import type { PlanEvent } from './plan-event.ts';

/** A write that must come true together with a plan's events, or not at all. */
export type PlanEffect =
  | { readonly kind: 'TAKE_ACTIVE_LOCK' }
  | { readonly kind: 'RELEASE_ACTIVE_LOCK' }
  | ({ readonly kind: 'SPEND_BUDGET'; readonly action_type: string } & BudgetSpend)
  | {
      readonly kind: 'SETTLE_BUDGET' | 'REFUND_BUDGET';
      readonly action_type: string;
      readonly day: string;
      readonly levels: readonly BudgetLevel[];
    }
  | { readonly kind: 'START_ATTEMPT'; readonly intent: ActionIntent }
  /** The intent stands in for the one that the attempt was started with, or last edited to. */
  | { readonly kind: 'REVISE_ATTEMPT'; readonly intent: ActionIntent }
  | {
      readonly kind: 'SETTLE_ATTEMPT';
      readonly step_id: string;
      readonly attempt: number;
      readonly status: 'SUCCEEDED' | 'FAILED' | 'SKIPPED';
      readonly error_message?: string;
    }
  | {
      readonly kind: 'APPROVE_INTENT';
      readonly action_intent_id: string;
      readonly approved_by: string;
      readonly approval_source: 'HUMAN' | 'POLICY';
    }
  | {
      readonly kind: 'CLOSE_INTENT';
      readonly action_intent_id: string;
      readonly status: 'REJECTED' | 'CANCELLED' | 'EXPIRED' | 'SUPERSEDED';
      /** The intent must not have been taken by an execution. */
      readonly only_if_unstarted: boolean;
    };

const close = (
  step: PlanStep | undefined,
  status: 'REJECTED' | 'CANCELLED' | 'EXPIRED' | 'SUPERSEDED' | undefined,
  only_if_unstarted = false,
): PlanEffect[] => {
  const intentId = step?.in_flight?.action_intent_id;
  return status && intentId
    ? [{ kind: 'CLOSE_INTENT', action_intent_id: intentId, status, only_if_unstarted }]
    : [];
};

const settle = (
  data: { step_id: string; attempt?: number; reason?: string },
  status: 'SUCCEEDED' | 'FAILED' | 'SKIPPED',
): PlanEffect[] => {
  const { step_id, attempt, reason } = data;
  if (attempt === undefined) return [];
  return [
    {
      kind: 'SETTLE_ATTEMPT',
      step_id,
      attempt,
      status,
      ...(reason !== undefined && { error_message: reason }),
    },
  ];
};

/** What the end of an attempt makes of the budget that its approval has taken. */
const closeBudget = (
  step: PlanStep | undefined,
  { attempt, nothing_done, intent_status }: { attempt?: number; nothing_done?: true; intent_status?: string },
): PlanEffect[] => {
  const approval = step?.in_flight?.attempt === attempt ? step?.in_flight?.approval : undefined;
  if (!step || approval?.result !== 'GIVEN' || !approval.budget) return [];
  const kind = nothing_done || intent_status !== undefined ? 'REFUND_BUDGET' : 'SETTLE_BUDGET';
  return [{ kind, action_type: step.action_type, ...approval.budget }];
};

type EventOf<T extends PlanEvent['event_type']> = Extract<PlanEvent, { event_type: T }>;

/** The approval of an edit that was made in the same act. */
const approvalBeside = (
  events: readonly PlanEvent[],
  { step_id }: { step_id: string },
): EventOf<'STEP_APPROVED'> | undefined =>
  events.find(
    (event): event is EventOf<'STEP_APPROVED'> =>
      event.event_type === 'STEP_APPROVED' && event.data.step_id === step_id,
  );

const isEditedBeside = (events: readonly PlanEvent[], { step_id }: { step_id: string }): boolean =>
  events.some(({ event_type, data }) => event_type === 'STEP_INTENT_EDITED' && data.step_id === step_id);

/** An edited intent is written once, and is approved already when that is part of the same act. */
const revise = (
  before: Plan,
  step: PlanStep,
  { data, timestamp, actor }: EventOf<'STEP_INTENT_EDITED'>,
  events: readonly PlanEvent[],
): PlanEffect[] => {
  const { since } = step.in_flight as InFlight;
  const revision = { ...data, edited_by: actor.id };
  const intent = revisedIntent(before, step, revision, { since, now: timestamp });
  const given = approvalBeside(events, data);
  const approval = given && {
    ...{ status: 'APPROVED' as const, approved_by: given.actor.id },
    ...{ approval_timestamp: given.timestamp, approval_source: given.data.source },
  };
  return [{ kind: 'REVISE_ATTEMPT', intent: { ...intent, ...approval } }, ...close(step, 'SUPERSEDED')];
};

const RECORDED = {
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
  SKIPPED: 'SKIPPED',
  UNKNOWN: 'FAILED',
  BLOCKED: 'FAILED',
} as const;

const ofEvent = (before: Plan, event: PlanEvent, events: readonly PlanEvent[]): PlanEffect[] => {
  const step =
    'step_id' in event.data && event.data.step_id ? findStep(before, event.data.step_id) : undefined;
  switch (event.event_type) {
    case 'STEP_STARTED': {
      const { attempt, registry_version } = event.data;
      const intent = newActionIntent(before, step as PlanStep, attempt, event.timestamp, registry_version);
      return [{ kind: 'START_ATTEMPT', intent }];
    }
    case 'STEP_INTENT_EDITED':
      return revise(before, step as PlanStep, event, events);
    case 'STEP_APPROVED': {
      if (isEditedBeside(events, event.data)) return [];
      const { action_intent_id } = (step as PlanStep).in_flight as InFlight;
      const { source, budget } = event.data;
      const { action_type } = step as PlanStep;
      return [
        { kind: 'APPROVE_INTENT', action_intent_id, approved_by: event.actor.id, approval_source: source },
        ...(budget ? [{ kind: 'SPEND_BUDGET', action_type, ...budget } as const] : []),
      ];
    }
    case 'STEP_COMPLETED':
      return [...settle(event.data, 'SUCCEEDED'), ...closeBudget(step, event.data)];
    case 'STEP_FAILED': {
      const { intent_status } = event.data;
      const isApproved = step?.in_flight?.approval?.result === 'GIVEN';
      return [
        ...settle(event.data, 'FAILED'),
        ...close(step, intent_status, isApproved),
        ...closeBudget(step, event.data),
      ];
    }
    case 'STEP_SKIPPED':
      return [
        ...settle(event.data, 'SKIPPED'),
        ...close(step, 'CANCELLED'),
        ...closeBudget(step, event.data),
      ];
    case 'STEP_OUTCOME_RECORDED': {
      const { outcome, intent_status } = event.data;
      return [
        ...settle(event.data, RECORDED[outcome]),
        ...close(step, intent_status, true),
        ...closeBudget(step, event.data),
      ];
    }
    default:
      return [];
  }
};

const lockEffects = (before: Plan, after: Plan): PlanEffect[] => {
  const [was, is] = [before.plan_status === 'ACTIVE', after.plan_status === 'ACTIVE'];
  if (was === is) return [];
  return [{ kind: is ? 'TAKE_ACTIVE_LOCK' : 'RELEASE_ACTIVE_LOCK' }];
};

const cancelled = (before: Plan, after: Plan): PlanEffect[] => {
  const ended = isTerminal(after.plan_status) && !isTerminal(before.plan_status);
  return ended ? after.steps.flatMap((step) => close(step, 'CANCELLED')) : [];
};

/**
 * The writes that events bring with them: the lock of the ACTIVE plan, attempt rows, and the state of action intents. A plan that
 * ends cancels the intents of what it still had in flight, so that nothing starts on its behalf any more.
 */
export const effectsOf = (
  before: Plan | undefined,
  after: Plan,
  events: readonly PlanEvent[],
): PlanEffect[] => {
  if (!before) return [];
  return [
    ...lockEffects(before, after),
    ...events.flatMap((event) => ofEvent(before, event, events)),
    ...cancelled(before, after),
  ];
};
