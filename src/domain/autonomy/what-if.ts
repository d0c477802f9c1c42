import { decideApproval } from './approval-gate.ts';
import type { BudgetFacts, BudgetLimits } from './budget.ts';
import { type Candidate, type CandidatePolicy, candidateOf } from './candidate-policy.ts';
import { type DaySpending, daySpending, type Judged } from './day-spending.ts';
import type { RecordedDecision, Verdict } from './recorded-decision.ts';

/** A decision that would have been another. */
export interface Difference extends Omit<RecordedDecision, 'spend' | 'given_back_at'> {
  readonly would: Verdict;
}

export interface WhatIfTotals {
  readonly decisions: number;
  readonly same: number;
  /** Of the same, those whose reason would have been another. */
  readonly same_for_another_reason: number;
  readonly newly_automatic: number;
  readonly newly_asked: number;
  readonly newly_blocked: number;
  /** What people made of those that would have run by themselves, and how many of them failed once they ran. */
  readonly of_newly_automatic: {
    readonly approved: number;
    readonly rejected: number;
    readonly failed: number;
  };
}

/** What a candidate policy would have changed. */
export interface WhatIf {
  readonly totals: WhatIfTotals;
  readonly differences: readonly Difference[];
  readonly spending: readonly DaySpending[];
}

/** A decision, or the instant at which what it took is given back. */
interface Occurrence {
  readonly at: string;
  readonly rank: number;
  readonly decision: RecordedDecision;
  readonly gives_back: boolean;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const byPlace = (a: RecordedDecision, b: RecordedDecision): number =>
  compare(a.account_id, b.account_id) ||
  compare(a.plan_id, b.plan_id) ||
  compare(a.step_id, b.step_id) ||
  a.attempt - b.attempt;

/**
 * Instants do not tell the order of what happens within a millisecond. What makes room comes first, then what has had room, then the rest:
 * so the record contradicts itself least.
 */
const occurrencesOf = (decision: RecordedDecision): Occurrence[] => {
  const { at, was, given_back_at } = decision;
  const rank = was.result === 'AUTO_EXECUTED' ? 1 : 3;
  const decided = { at, rank, decision, gives_back: false };
  if (given_back_at === undefined) return [decided];
  const rankBack = given_back_at > at ? 0 : rank + 1;
  return [decided, { at: given_back_at, rank: rankBack, decision, gives_back: true }];
};

const inOrder = (a: Occurrence, b: Occurrence): number =>
  compare(a.at, b.at) || a.rank - b.rank || byPlace(a.decision, b.decision);

/** How much of the budgets is taken, day by day, while decisions are made anew. */
const newCounters = () => {
  const counts = new Map<string, number>();
  const [tenantOf, accountOf] = [
    ({ tenant_id, day }: RecordedDecision) => `${tenant_id}//${day}/`,
    ({ tenant_id, account_id, day }: RecordedDecision) => `${tenant_id}/${account_id}/${day}/`,
  ];
  const facts = (key: string, limits: BudgetLimits | undefined, type: string): BudgetFacts => ({
    limits,
    used: { total: counts.get(key) ?? 0, of_type: counts.get(`${key}${type}`) ?? 0 },
  });
  return {
    budgets: (of: RecordedDecision, { account, tenant }: ReturnType<Candidate['limits']>) => ({
      account: facts(accountOf(of), account, of.action_type),
      tenant: facts(tenantOf(of), tenant, of.action_type),
    }),
    take: (of: RecordedDecision, by: 1 | -1) => {
      for (const key of [accountOf(of), tenantOf(of)])
        for (const counter of [key, `${key}${of.action_type}`])
          counts.set(counter, (counts.get(counter) ?? 0) + by);
    },
  };
};
type Counters = ReturnType<typeof newCounters>;

/** Switches, tenants and intents were what they were: only a block by mode is the policy's own. */
const stoodInTheWay = ({ result, reason }: Verdict): boolean =>
  result === 'BLOCKED' && reason !== 'ACTION_TYPE_DISABLED';

/** The gate got this far, so that the intent was open. */
const OPEN = { status: 'PENDING_APPROVAL', expires_at: '9999-12-31T23:59:59.999Z' } as const;

const wouldBe = (of: RecordedDecision, candidate: Candidate, counters: Counters): Verdict => {
  if (stoodInTheWay(of.was)) return of.was;
  const { action_type, risk_estimate, confidence_score, at, day } = of;
  const action = { ...OPEN, action_type, risk_estimate, confidence_score };
  const facts = {
    ...({ tenant_status: 'active', stopped_by: undefined, day } as const),
    ...candidate.configured(of, action_type),
    budgets: counters.budgets(of, candidate.limits(of)),
  };
  const decision = decideApproval(action, facts, at, candidate.settings);
  const { result, policy_clause, explanation } = decision;
  return { result, reason: 'reason' in decision ? decision.reason : null, policy_clause, explanation };
};

/** Every decision made anew, in the order of their instants. */
const judge = (decisions: readonly RecordedDecision[], candidate: Candidate): Judged[] => {
  const counters = newCounters();
  const judged = new Map<RecordedDecision, Judged>();
  for (const { decision, gives_back } of decisions.flatMap(occurrencesOf).sort(inOrder)) {
    const would = judged.get(decision)?.would ?? wouldBe(decision, candidate, counters);
    if (would.result === 'AUTO_EXECUTED') counters.take(decision, gives_back ? -1 : 1);
    judged.set(decision, { decision, would });
  }
  return [...judged.values()];
};

const isSame = ({ decision, would }: Judged): boolean => decision.was.result === would.result;

const totalsOf = (judged: readonly Judged[]): WhatIfTotals => {
  const count = (holds: (one: Judged) => boolean): number => judged.filter(holds).length;
  const newly = (result: Verdict['result']) => (one: Judged) => !isSame(one) && one.would.result === result;
  const automatic = judged.filter(newly('AUTO_EXECUTED')).map(({ decision }) => decision);
  return {
    decisions: judged.length,
    same: count(isSame),
    same_for_another_reason: count((one) => isSame(one) && one.decision.was.reason !== one.would.reason),
    newly_automatic: automatic.length,
    newly_asked: count(newly('REQUIRE_APPROVAL')),
    newly_blocked: count(newly('BLOCKED')),
    of_newly_automatic: {
      approved: automatic.filter(({ person }) => person?.did === 'APPROVED').length,
      rejected: automatic.filter(({ person }) => person?.did === 'REJECTED').length,
      failed: automatic.filter(({ end }) => end?.result === 'FAILED').length,
    },
  };
};

export const NO_DECISIONS: WhatIfTotals = totalsOf([]);

export const addTotals = (a: WhatIfTotals, b: WhatIfTotals): WhatIfTotals => ({
  decisions: a.decisions + b.decisions,
  same: a.same + b.same,
  same_for_another_reason: a.same_for_another_reason + b.same_for_another_reason,
  newly_automatic: a.newly_automatic + b.newly_automatic,
  newly_asked: a.newly_asked + b.newly_asked,
  newly_blocked: a.newly_blocked + b.newly_blocked,
  of_newly_automatic: {
    approved: a.of_newly_automatic.approved + b.of_newly_automatic.approved,
    rejected: a.of_newly_automatic.rejected + b.of_newly_automatic.rejected,
    failed: a.of_newly_automatic.failed + b.of_newly_automatic.failed,
  },
});

const differenceOf = ({ decision, would }: Judged): Difference => {
  const { spend: _spend, given_back_at: _givenBackAt, ...recorded } = decision;
  return { ...recorded, would };
};

/**
 * Holds recorded decisions against a candidate policy: each is made anew by the gate itself, in the order of their instants, with the budgets
 * as the candidate would have counted them. What followed is taken as it was recorded, also where the candidate would have changed it.
 *
 * @param decisions all those of a tenant's days, since budgets are counted by the day and across accounts.
 */
export const whatIf = (decisions: readonly RecordedDecision[], policy: CandidatePolicy): WhatIf => {
  const candidate = candidateOf(policy);
  const judged = judge(decisions, candidate);
  return {
    totals: totalsOf(judged),
    differences: judged.filter((one) => !isSame(one)).map(differenceOf),
    spending: daySpending(judged, candidate),
  };
};
