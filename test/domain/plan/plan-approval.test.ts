import { describe, expect, it } from '@jest/globals';
import { append } from '../../../src/domain/ledger/plan-ledger.ts';
import type { PlanCommand } from '../../../src/domain/plan/command.ts';
import { contentHash } from '../../../src/domain/plan/content-hash.ts';
import { decide } from '../../../src/domain/plan/decide.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import type { ActivationFacts, TenantPlanPolicy } from '../../../src/domain/policy/plan-policy-gate.ts';
import type { RiskLevel } from '../../../src/domain/policy/risk.ts';
import {
  ana,
  at,
  ben,
  minute,
  NOTHING_IN_THE_WAY,
  newStep,
  planIn,
  then,
} from '../../support/plan-fixtures.ts';

const approve = { type: 'APPROVE_PLAN' } as const;
const activate = (facts: Partial<ActivationFacts> = {}): PlanCommand => ({
  type: 'ACTIVATE_PLAN',
  facts: { ...NOTHING_IN_THE_WAY, ...facts },
});
const resume = (facts: Partial<ActivationFacts> = {}): PlanCommand => ({
  type: 'RESUME_PLAN',
  facts: { ...NOTHING_IN_THE_WAY, ...facts },
});
const authority = (risk_at_least: RiskLevel, ...approvers: string[]): TenantPlanPolicy => ({
  elevated_authority: { risk_at_least, approvers },
});
const reasonsOf = (plan: Plan, command: PlanCommand, actor = ben) => {
  const decision = decide(plan, command, at(60, actor));
  return decision.ok ? [] : (decision.reasons ?? []).map(({ code }) => code);
};

/** The plan after a command, carried out or not: a refusal may leave its reasons in the ledger. */
const afterwards = (plan: Plan, command: PlanCommand): Plan =>
  append(plan, decide(plan, command, at(60)).events).plan;

describe('the approval of a plan', () => {
  it('is given by somebody else than its creator, and is bound to the content', () => {
    const draft = planIn('DRAFT');
    expect(then(draft, [approve, at(5, ben)])).toMatchObject({
      plan_status: 'APPROVED',
      approved_by: 'ben',
      approved_at: minute(5),
      content_hash: contentHash(draft),
    });
  });

  it('is not given by the creator of the plan', () => {
    const decision = decide(planIn('DRAFT'), approve, at(5, ana));
    expect(decision).toMatchObject({ ok: false, code: 'SELF_APPROVAL', events: [] });
  });

  it.each([
    ['a type that does not exist', { plan_type: 'GROWTH' }, 'INVALID_PLAN_TYPE'],
    [
      'an action that is not allowed',
      { steps: [newStep('s1', { action_type: 'X' })] },
      'STEP_ORDER_VIOLATION',
    ],
    ['a dependency on no step', { steps: [newStep('s1', { dependencies: ['s9'] })] }, 'STEP_ORDER_VIOLATION'],
    ['a cycle', { steps: [newStep('s1', { dependencies: ['s1'] })] }, 'STEP_ORDER_VIOLATION'],
  ])('is not given to a plan of %s', (_case, more, code) => {
    const draft = planIn('DRAFT', more);
    expect(decide(draft, approve, at(5, ben))).toMatchObject({ ok: false, code: 'POLICY', events: [] });
    expect(reasonsOf(draft, approve)).toEqual([code]);
  });

  it('is given with elevated authority where the tenant asks for it', () => {
    const meeting = planIn('DRAFT', { steps: [newStep('s1', { action_type: 'REQUEST_RENEWAL_MEETING' })] });
    const command: PlanCommand = { ...approve, policy: authority('HIGH', 'vera') };
    expect(reasonsOf(meeting, command, ben)).toEqual(['RISK_ELEVATED']);
    expect(reasonsOf(meeting, command, { kind: 'human', id: 'vera' })).toEqual([]);
  });

  it('says in words what stands in the way', () => {
    const decision = decide(planIn('DRAFT', { plan_type: 'GROWTH' }), approve, at(5, ben));
    expect(decision).toMatchObject({ message: 'plan p1: INVALID_PLAN_TYPE: No plan type GROWTH' });
  });
});

describe('the activation of a plan', () => {
  const approved = planIn('APPROVED');
  const conflict = { existing_active_plan_ids: ['p3', 'p2'] };

  it('makes it ACTIVE', () => {
    expect(then(approved, [activate(), at(5)])).toMatchObject({
      plan_status: 'ACTIVE',
      activated_at: minute(5),
    });
  });

  it('is rejected while another plan is ACTIVE, and the ledger names it', () => {
    expect(decide(approved, activate(conflict), at(60))).toMatchObject({
      ok: false,
      code: 'POLICY',
      events: [
        {
          event_type: 'PLAN_ACTIVATION_REJECTED',
          data: {
            plan_id: 'p1',
            plan_type: 'RENEWAL_DEFENSE',
            caller: 'orchestrator',
            reasons: [{ code: 'CONFLICT_ACTIVE_PLAN' }, { code: 'CONFLICT_ACTIVE_PLAN' }],
            conflicting_plan_ids: ['p2', 'p3'],
          },
        },
      ],
    });
  });

  it('is rejected in the ledger once, as long as the reasons stay the same', () => {
    const rejected = afterwards(approved, activate(conflict));
    expect(rejected.plan_status).toBe('APPROVED');
    const again = activate({ existing_active_plan_ids: ['p2', 'p3'] });
    expect(decide(rejected, again, at(61))).toMatchObject({ ok: false, code: 'POLICY', events: [] });
  });

  it.each<[string, Partial<ActivationFacts>]>([
    ['fewer plans in the way', { existing_active_plan_ids: ['p2'] }],
    ['another plan in the way', { existing_active_plan_ids: ['p2', 'p4'] }],
    ['a precondition as well', { ...conflict, unmet_preconditions: ['No contract'] }],
  ])('is rejected in the ledger anew for other reasons: %s', (_case, facts) => {
    const rejected = afterwards(approved, activate(conflict));
    expect(decide(rejected, activate(facts), at(61)).events).toHaveLength(1);
  });

  it('is rejected in the ledger anew when another precondition is not met', () => {
    const rejected = afterwards(approved, activate({ unmet_preconditions: ['No contract'] }));
    expect(decide(rejected, activate({ unmet_preconditions: ['No owner'] }), at(61)).events).toHaveLength(1);
  });

  it('is rejected when the content is not what was approved', () => {
    const edited: Plan = { ...approved, objective: 'Something else' };
    const decision = decide(edited, activate(), at(60));
    expect(decision).toMatchObject({ ok: false, reasons: [{ code: 'PRECONDITIONS_UNMET' }] });
  });

  it('is not held up by an earlier rejection, of which nothing remains', () => {
    const rejected = afterwards(approved, activate(conflict));
    expect(rejected.activation_rejection).toBe('CONFLICT_ACTIVE_PLAN:p2,CONFLICT_ACTIVE_PLAN:p3');
    expect(then(rejected, [activate(), at(62)])).not.toHaveProperty('activation_rejection');
  });

  it('asks for the authority of whoever approved the plan', () => {
    const facts = { policy: authority('LOW', 'ben') };
    expect(reasonsOf(approved, activate({ ...facts, approver: approved.approved_by }))).toEqual([]);
    expect(reasonsOf(approved, activate({ ...facts, approver: 'zoe' }))).toEqual(['RISK_ELEVATED']);
  });
});

describe('resuming a plan', () => {
  const paused = planIn('PAUSED');

  it('makes it ACTIVE again and forgets why it was paused', () => {
    const resumed = then(paused, [resume(), at(5, ben)]);
    expect(resumed.plan_status).toBe('ACTIVE');
    expect(resumed).not.toHaveProperty('pause_reason');
    expect(resumed.activated_at).toBe(paused.activated_at);
  });

  it('is rejected while another plan is ACTIVE, once in the ledger', () => {
    const command = resume({ existing_active_plan_ids: ['p2'] });
    const decision = decide(paused, command, at(60, ben));
    expect(decision).toMatchObject({ ok: false, code: 'POLICY', events: [{ data: { caller: 'resume' } }] });
    expect(decide(afterwards(paused, command), command, at(61, ben)).events).toEqual([]);
  });

  it('forgets an earlier rejection, so that the same reasons are news the next time', () => {
    const rejected = afterwards(paused, resume({ existing_active_plan_ids: ['p2'] }));
    expect(rejected.activation_rejection).toBe('CONFLICT_ACTIVE_PLAN:p2');
    expect(then(rejected, [resume(), at(62, ben)])).not.toHaveProperty('activation_rejection');
  });

  it('is rejected when the content is not what was approved', () => {
    const edited: Plan = {
      ...paused,
      steps: paused.steps.map((step) => ({ ...step, constraints: { tone: 'stern' } })),
    };
    expect(reasonsOf(edited, resume())).toEqual(['PRECONDITIONS_UNMET']);
  });
});
