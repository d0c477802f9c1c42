import { describe, expect, it } from '@jest/globals';
import { changePlan } from '../../src/application/change-plan.ts';
import { TransientError } from '../../src/application/errors.ts';
import type { CommitResult, LostTo, PlanCommit, PlanStore } from '../../src/application/ports/plans.ts';
import type { PlanCommand } from '../../src/domain/plan/command.ts';
import { dueAt } from '../../src/domain/plan/next-move.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { fake } from '../support/fakes/fake.ts';
import { ben, minute, newPlan, planIn, START } from '../support/plan-fixtures.ts';

const COMMITTED: CommitResult = { committed: true };
const lostTo = (lost_to: LostTo): CommitResult => ({ committed: false, lost_to });

/** A store whose commits go as told, one after the other. */
const storeOf = (plan: Plan | undefined, ...results: CommitResult[]) => {
  const commits: PlanCommit[] = [];
  const plans = fake<PlanStore>('PlanStore', {
    get: async () => plan,
    commitIfUnchanged: async (commit) => {
      commits.push(commit);
      const result = results[commits.length - 1];
      if (!result) throw new Error('one commit too many');
      return result;
    },
  });
  return { plans, commits };
};

const PAUSE: PlanCommand = { type: 'PAUSE_PLAN', reason: 'holiday' };
const change = (command: PlanCommand, more: object = {}) => ({
  ...{ key: newPlan(), now: minute(5), actor: ben, command: () => command, ...more },
});

describe('changing a plan', () => {
  it('commits the plan, its entries, its effects and when it is due next', async () => {
    const before = planIn('ACTIVE');
    const { plans, commits } = storeOf(before, COMMITTED);
    const result = await changePlan(plans, change(PAUSE));
    const plan = commits[0]?.plan;
    expect(result).toMatchObject({ ok: true, plan, events: [{ event_type: 'PLAN_PAUSED', actor: ben }] });
    expect(commits).toMatchObject([
      {
        before,
        plan: { plan_status: 'PAUSED', version: before.version + 1 },
        entries: [{ seq: before.version + 1, timestamp: minute(5) }],
        effects: [{ kind: 'RELEASE_ACTIVE_LOCK' }],
        due_at: plan && dueAt(plan, minute(5)),
      },
    ]);
  });

  it('decides again from a fresh look when another writer was first', async () => {
    const { plans, commits } = storeOf(planIn('ACTIVE'), lostTo('PLAN'), lostTo('LOCK'), COMMITTED);
    const looks: unknown[] = [];
    const command = (plan: Plan | undefined) => {
      looks.push(plan?.version);
      return PAUSE;
    };
    expect(await changePlan(plans, change(PAUSE, { command }))).toMatchObject({ ok: true });
    expect([looks.length, commits.length]).toEqual([3, 3]);
  });

  it('gives up for now after five decisions that all lost', async () => {
    const { plans, commits } = storeOf(planIn('ACTIVE'), ...Array(5).fill(lostTo('PLAN')));
    const changed = changePlan(plans, change(PAUSE));
    await expect(changed).rejects.toThrow(TransientError);
    await expect(changed).rejects.toThrow('plan p1 was changed by others 5 times in a row');
    expect(commits).toHaveLength(5);
  });

  it('stops at once when the caller says what losing means to it', async () => {
    const plan = planIn('ACTIVE');
    const { plans, commits } = storeOf(plan, lostTo('ATTEMPT'));
    const result = await changePlan(plans, change(PAUSE, { stopWhenLostTo: ['ATTEMPT'] }));
    expect(result).toMatchObject({ ok: false, code: 'LOST', lost_to: 'ATTEMPT' });
    expect(result).toMatchObject({ message: 'plan p1: another writer was first (ATTEMPT)' });
    expect(commits).toHaveLength(1);
  });

  it('goes on when it lost to something else than that', async () => {
    const { plans } = storeOf(planIn('ACTIVE'), lostTo('PLAN'), COMMITTED);
    const result = await changePlan(plans, change(PAUSE, { stopWhenLostTo: ['ATTEMPT'] }));
    expect(result.ok).toBe(true);
  });
});

describe('a change of a plan that writes nothing', () => {
  it('is one that was carried out before', async () => {
    const plan = planIn('COMPLETED');
    const { plans } = storeOf(plan);
    expect(await changePlan(plans, change({ type: 'EVALUATE_PLAN' }))).toEqual({
      ok: true,
      plan,
      events: [],
    });
  });

  it('is one that is refused, unless the ledger keeps the refusal', async () => {
    const plan = planIn('DRAFT');
    const { plans } = storeOf(plan);
    expect(await changePlan(plans, change(PAUSE))).toMatchObject({ code: 'INVALID_TRANSITION', plan });
  });

  it('is a dry run, which says what it would have done', async () => {
    const plan = planIn('ACTIVE');
    const result = await changePlan(storeOf(plan).plans, change(PAUSE, { dryRun: true }));
    expect(result).toMatchObject({ ok: true, plan, events: [{ event_type: 'PLAN_PAUSED' }] });
  });

  it('is one of a plan that does not exist', async () => {
    const result = await changePlan(storeOf(undefined).plans, change(PAUSE));
    expect(result).toMatchObject({ ok: false, code: 'PLAN_NOT_FOUND', plan: undefined });
  });
});

describe('a refusal that the ledger keeps', () => {
  it('is committed, and gives the plan that remembers it', async () => {
    const { plans, commits } = storeOf(planIn('APPROVED'), COMMITTED);
    const facts = { existing_active_plan_ids: ['p0'], unmet_preconditions: [] };
    const result = await changePlan(plans, change({ type: 'ACTIVATE_PLAN', facts }));
    expect(result).toMatchObject({ ok: false, code: 'POLICY', plan: commits[0]?.plan });
    expect(commits[0]?.entries).toMatchObject([{ event_type: 'PLAN_ACTIVATION_REJECTED' }]);
    expect(commits[0]?.plan.activation_rejection).toBe('CONFLICT_ACTIVE_PLAN:p0');
    expect(START < (commits[0]?.due_at ?? '')).toBe(true);
  });
});
