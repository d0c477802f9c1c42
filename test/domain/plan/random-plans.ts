import fc from 'fast-check';
import { secondsAfter } from '../../../src/domain/identifiers.ts';
import { intentContentHash } from '../../../src/domain/intent/intent-content.ts';
import { append, type LedgerEntry } from '../../../src/domain/ledger/plan-ledger.ts';
import type {
  Decision,
  DecisionContext,
  PlanCommand,
  StepOutcome,
} from '../../../src/domain/plan/command.ts';
import { decide } from '../../../src/domain/plan/decide.ts';
import { nextMove } from '../../../src/domain/plan/next-move.ts';
import { isInFlight, type Plan, type PlanStep } from '../../../src/domain/plan/plan.ts';
import type { NewPlan } from '../../../src/domain/plan/plan-event.ts';
import {
  ana,
  at,
  ben,
  MAPPING,
  NOTHING_IN_THE_WAY,
  newestIntent,
  newPlan,
  newStep,
  orchestrator,
  policy,
  type Story,
  story,
} from '../../support/plan-fixtures.ts';

/** In the order that the plan type asks for. */
const ACTION_TYPES = ['REQUEST_RENEWAL_MEETING', 'PREP_RENEWAL_BRIEF', 'ESCALATE_SUPPORT_RISK'];

const stepDraft = fc.record({
  action_type: fc.constantFrom(...ACTION_TYPES),
  /** In a plan in twenty only; other plans number their steps, if at all, by their action types. */
  sequence: fc.option(fc.nat(3), { nil: undefined }),
  /** Bit i: depends on step i. Earlier steps only, but for the same plans, which may hold a cycle. */
  needs: fc.nat(31),
});

/** Plans of up to five steps, most of them well-formed, that live for a day or a month. */
export const newPlans: fc.Arbitrary<NewPlan> = fc
  .record({
    drafts: fc.array(stepDraft, { maxLength: 5 }),
    wellFormed: fc.nat(19).map((n) => n > 0),
    lifeDays: fc.constantFrom(1, 30),
  })
  .map(({ drafts, wellFormed, lifeDays }) => {
    const steps = drafts.map(({ action_type, sequence, needs }, index) =>
      newStep(`s${index}`, {
        action_type,
        ...(sequence !== undefined && {
          sequence: wellFormed ? ACTION_TYPES.indexOf(action_type) : sequence,
        }),
        dependencies: drafts.flatMap((_, other) =>
          (needs >> other) & 1 && (other < index || !wellFormed) ? [`s${other}`] : [],
        ),
      }),
    );
    return newPlan({ steps, expires_at: at(lifeDays * 24 * 60).now });
  });

/** The commands that may be asked of a plan that exists. */
export const KINDS = [
  'APPROVE_PLAN',
  'ACTIVATE_PLAN',
  'RESUME_PLAN',
  'PAUSE_PLAN',
  'ABORT_PLAN',
  'EVALUATE_PLAN',
  'START_STEP',
  'REQUIRE_APPROVAL',
  'BLOCK_APPROVAL',
  'AUTO_APPROVE',
  'APPROVE_INTENT',
  'REJECT_INTENT',
  'EDIT_INTENT',
  'ESCALATE_APPROVAL',
  'EXPIRE_APPROVAL',
  'POSTPONE_CHECK',
  'PUBLISH_AGAIN',
  'CANCEL_UNSTARTED',
  'APPLY_OUTCOME',
  'SKIP_STEP',
  'GRANT_ATTEMPT',
] as const;

/** How often each command comes up; those that end a plan come up least, so that stories grow. */
const WEIGHTS: Partial<Record<(typeof KINDS)[number], number>> = {
  ABORT_PLAN: 1,
  ESCALATE_APPROVAL: 8,
  EXPIRE_APPROVAL: 8,
  PAUSE_PLAN: 2,
  APPROVE_PLAN: 6,
  ACTIVATE_PLAN: 6,
  START_STEP: 20,
  AUTO_APPROVE: 10,
  REQUIRE_APPROVAL: 8,
  EDIT_INTENT: 8,
  APPLY_OUTCOME: 20,
  RESUME_PLAN: 8,
};

/** Tools name their errors as they like, even as the rules of plans name theirs. */
const reasons = fc.constantFrom('CRM_REFUSED', 'CRM_REFUSED', 'OUTCOME_UNKNOWN', 'approval_expired');
const outcomes: fc.Arbitrary<StepOutcome> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ result: 'SUCCEEDED' } as const) },
  { weight: 3, arbitrary: fc.record({ result: fc.constant('FAILED' as const), reason: reasons }) },
  { weight: 1, arbitrary: fc.constant({ result: 'SKIPPED', reason: 'moot' } as const) },
  { weight: 1, arbitrary: fc.constant({ result: 'UNKNOWN' } as const) },
  { weight: 1, arbitrary: fc.constant({ result: 'BLOCKED', reason: 'KILL_SWITCH_ENABLED' } as const) },
);

const acts = fc.record({
  kind: fc.oneof(...KINDS.map((kind) => ({ weight: WEIGHTS[kind] ?? 4, arbitrary: fc.constant(kind) }))),
  /** Whether the command is aimed at what the plan is about, or at any step and attempt. */
  aimed: fc.nat(9).map((n) => n < 8),
  step: fc.nat(4),
  attempt: fc.integer({ min: 1, max: 4 }),
  outcome: outcomes,
  actor: fc.constantFrom(ben, ben, policy, orchestrator, ana),
  conflict: fc.nat(9).map((n) => n === 0),
  objectiveMet: fc.nat(39).map((n) => n === 0),
  /** What an edit makes of the content; now and then what it is already. */
  content: fc.constantFrom('short', 'long', null),
  /** Whether an edit is approved in the same act. */
  approve: fc.nat(3).map((n) => n === 0),
  /** What a person was shown: what is there, something else, or nothing that they can name. */
  shown: fc.constantFrom('SAME', 'SAME', 'OTHER', 'NOTHING'),
  /** Time that passes before the act, unless it is to let an approval lapse that somebody waits for. */
  minutes: fc.oneof(
    { weight: 30, arbitrary: fc.nat(10) },
    { weight: 1, arbitrary: fc.constant(3 * 24 * 60) },
  ),
});
export type Act = typeof acts extends fc.Arbitrary<infer T> ? T : never;

export const stories = fc.record({
  plan: newPlans,
  /** Most stories begin with a plan that is ACTIVE, if it can become so: it is there that things happen. */
  running: fc.nat(4).map((n) => n > 0),
  acts: fc.array(acts, { maxLength: 50, size: 'max' }),
});
export type ToldStory = typeof stories extends fc.Arbitrary<infer T> ? T : never;

const waitsForAPerson = ({ in_flight }: PlanStep): boolean => in_flight?.approval?.result === 'REQUIRED';

const stepAimedAt = (plan: Plan, { kind, aimed, step }: Act, now: string): PlanStep | undefined => {
  const any = plan.steps[step % Math.max(plan.steps.length, 1)];
  if (!aimed) return any;
  if (kind === 'GRANT_ATTEMPT' || kind === 'SKIP_STEP')
    return plan.steps.find(({ status }) => status === 'FAILED') ?? any;
  if (kind === 'ESCALATE_APPROVAL' || kind === 'EXPIRE_APPROVAL' || kind === 'EDIT_INTENT')
    return plan.steps.find(waitsForAPerson) ?? any;
  const move = nextMove(plan, now);
  if (kind === 'START_STEP') return move.kind === 'DISPATCH' ? move.step : any;
  const inFlight = plan.steps.filter(isInFlight);
  return inFlight[step % Math.max(inFlight.length, 1)] ?? any;
};

/** Attempts that the ledger knows of: what the counter in the step's META row holds. */
export const attemptsMade = (entries: readonly LedgerEntry[], stepId: string): number =>
  entries.filter(
    (entry) =>
      entry.event_type === 'STEP_STARTED' && 'step_id' in entry.data && entry.data.step_id === stepId,
  ).length;

/** What a person who decides about a step has seen, and what is there. */
const asSeen = (told: Story, stepId: string, { shown }: Act) => {
  const intent = newestIntent(told, stepId);
  const content_hash = intent && intentContentHash(intent);
  const seen = { SAME: content_hash, OTHER: 'something else', NOTHING: undefined }[shown];
  return { intent, content_hash, shown: seen, mapping: MAPPING };
};

const commandOf = (told: Story, act: Act, now: string): PlanCommand => {
  const { plan, entries } = told;
  const { kind, aimed, outcome } = act;
  const step = stepAimedAt(plan, act, now);
  const step_id = step?.step_id ?? 's0';
  const attempt = (aimed && step?.in_flight?.attempt) || act.attempt;
  const facts = act.conflict
    ? { ...NOTHING_IN_THE_WAY, existing_active_plan_ids: ['p2'] }
    : NOTHING_IN_THE_WAY;
  const common = { step_id, attempt, reason: 'because', policy_version: 'v1', facts, outcome };
  const budget = { day: now.slice(0, 'YYYY-MM-DD'.length), counters: [{ level: 'ACCOUNT', max: 9 }] };
  const signals = act.objectiveMet ? ['RENEWAL_SECURED'] : [];
  return {
    ...common,
    ...asSeen(told, step_id, act),
    parameters: { content: act.content },
    approve: act.approve,
    budget,
    signals,
    type: kind,
    attempts_made: attemptsMade(entries, step_id),
    until: secondsAfter(now, 3600),
  } as PlanCommand;
};

/** One act of a story: what was asked, in which circumstances, and what it made of the plan. */
export interface Turn {
  readonly before: Plan;
  readonly command: PlanCommand;
  readonly context: DecisionContext;
  readonly decision: Decision;
  readonly plan: Plan;
  readonly entries: readonly LedgerEntry[];
}

const deepFrozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFrozen(part);
  }
  return value;
};

const BEGINNING: readonly Pick<Act, 'kind' | 'actor'>[] = [
  { kind: 'APPROVE_PLAN', actor: ben },
  { kind: 'ACTIVATE_PLAN', actor: orchestrator },
];
/** Until the approval of a renewal meeting is escalated, and until it has lapsed. */
const PATIENCE_MINUTES: Partial<Record<Act['kind'], number>> = {
  ESCALATE_APPROVAL: 6 * 24 * 60,
  EXPIRE_APPROVAL: 8 * 24 * 60,
};

const minutesBefore = ({ kind, aimed, minutes }: Act, { steps }: Plan): number => {
  const patience = aimed && steps.some(waitsForAPerson) ? PATIENCE_MINUTES[kind] : undefined;
  return patience ?? minutes;
};

const PLAIN = {
  aimed: true,
  step: 0,
  attempt: 1,
  outcome: { result: 'SUCCEEDED' },
  conflict: false,
  objectiveMet: false,
  content: 'short',
  approve: false,
  shown: 'NOTHING',
  minutes: 0,
} as const;

/** Tells a story act by act. What a decision gets is frozen: it may change nothing but by its events. */
export const turnsOf = ({ plan: first, running, acts }: ToldStory): Turn[] => {
  let told = story([[{ type: 'CREATE_PLAN', plan: first, trigger: 'test' }, at(0, ana)]]);
  let minutes = 0;
  const beginning = running ? BEGINNING.map((act) => ({ ...PLAIN, ...act })) : [];
  return [...beginning, ...acts].map((act) => {
    minutes += minutesBefore(act, told.plan);
    const context = at(minutes, act.actor);
    const before = deepFrozen(told.plan);
    const command = commandOf(told, act, context.now);
    const decision = decide(before, command, context);
    const { plan, entries } = append(before, decision.events);
    told = { plan, entries: [...told.entries, ...entries] };
    return { before, command, context, decision, ...told };
  });
};

export const RUNS = { numRuns: 150 };

/** Holds a rule against every turn of random stories. */
export const always = (rule: (turn: Turn) => void): void =>
  fc.assert(
    fc.property(stories, (told) => {
      for (const turn of turnsOf(told)) rule(turn);
    }),
    RUNS,
  );
