import { describe, expect, it } from '@jest/globals';
import {
  type ActivationFacts,
  evaluateCanActivate,
  evaluateForApproval,
  type TenantPlanPolicy,
  tenantPlanPolicy,
} from '../../../src/domain/policy/plan-policy-gate.ts';
import { POLICY_REASON_CODES } from '../../../src/domain/policy/policy-reason.ts';
import type { RiskLevel } from '../../../src/domain/policy/risk.ts';
import { NOTHING_IN_THE_WAY, newPlan, newStep } from '../../support/plan-fixtures.ts';

const MEETING = newStep('meet', { action_type: 'REQUEST_RENEWAL_MEETING' });
const ESCALATION = newStep('escalate', { action_type: 'ESCALATE_SUPPORT_RISK' });

const draft = (...steps: ReturnType<typeof newStep>[]) => {
  const { plan_id, plan_type } = newPlan();
  return { plan_id, plan_type, steps: steps.map((step) => ({ ...step, status: 'PENDING' as const })) };
};
const codes = (plan: ReturnType<typeof draft>, facts: Partial<ActivationFacts> = {}) =>
  evaluateCanActivate(plan, { ...NOTHING_IN_THE_WAY, ...facts }).reasons.map(({ code }) => code);

describe('the policy gate', () => {
  it('lets a plan pass to which nobody objects, and shows its risk step by step', () => {
    expect(evaluateCanActivate(draft(newStep('s1'), ESCALATION), NOTHING_IN_THE_WAY)).toEqual({
      can_activate: true,
      reasons: [],
      risk: {
        level: 'MEDIUM',
        steps: [
          { step_id: 's1', action_type: 'PREP_RENEWAL_BRIEF', risk_level: 'LOW' },
          { step_id: 'escalate', action_type: 'ESCALATE_SUPPORT_RISK', risk_level: 'MEDIUM' },
        ],
      },
    });
  });

  it('refuses a plan type that does not exist with INVALID_PLAN_TYPE alone', () => {
    const plan = { ...draft(newStep('s1', { action_type: 'X' })), plan_type: 'GROWTH' };
    const verdict = evaluateForApproval(plan, {});
    expect(verdict.can_activate).toBe(false);
    expect(verdict.reasons).toEqual([
      { code: 'INVALID_PLAN_TYPE', subject: 'GROWTH', message: 'No plan type GROWTH' },
    ]);
    expect(verdict.risk.level).toBe('HIGH');
  });

  it('refuses steps that violate the order, at approval and at activation', () => {
    const plan = draft(newStep('s1', { action_type: 'X' }));
    expect(evaluateForApproval(plan, {}).reasons.map(({ code }) => code)).toEqual(['STEP_ORDER_VIOLATION']);
    expect(codes(plan)).toEqual(['STEP_ORDER_VIOLATION']);
  });

  it('gives every reason there is at once', () => {
    const plan = draft(newStep('s1', { action_type: 'X' }));
    const everything = codes(plan, {
      policy: {
        elevated_authority: { risk_at_least: 'MINIMAL', approvers: [] },
        human_touch: { risk_at_least: 'MINIMAL' },
      },
      existing_active_plan_ids: ['p2'],
      unmet_preconditions: ['No contract'],
    });
    const withUnknownType = codes({ ...plan, plan_type: 'GROWTH' });
    expect(new Set([...everything, ...withUnknownType])).toEqual(new Set(POLICY_REASON_CODES));
    expect(everything).toHaveLength(5);
  });
});

describe('elevated authority', () => {
  const asked = (risk_at_least: RiskLevel): TenantPlanPolicy => ({
    elevated_authority: { risk_at_least, approvers: ['vera', 'ben'] },
  });
  const reasons = (step: typeof MEETING, policy: TenantPlanPolicy | undefined, approver?: string) =>
    evaluateForApproval(draft(step), { policy, approver }).reasons;

  it.each<[string, typeof MEETING, TenantPlanPolicy | undefined, string | undefined, number]>([
    ['not asked without a policy', MEETING, undefined, 'ben', 0],
    ['not asked by an empty policy', MEETING, {}, 'zoe', 0],
    ['had by a named approver', MEETING, asked('HIGH'), 'ben', 0],
    ['not had by anybody else', MEETING, asked('HIGH'), 'zoe', 1],
    ['not had by nobody', MEETING, asked('HIGH'), undefined, 1],
    ['not asked below the risk', ESCALATION, asked('HIGH'), 'zoe', 0],
    ['asked above the risk', MEETING, asked('MEDIUM'), 'zoe', 1],
  ])('is %s', (_case, step, policy, approver, count) => {
    expect(reasons(step, policy, approver)).toHaveLength(count);
  });

  it('is asked with RISK_ELEVATED and the risk of the plan', () => {
    expect(reasons(MEETING, asked('LOW'), 'zoe')).toEqual([
      { code: 'RISK_ELEVATED', message: 'Risk HIGH needs an approver with elevated authority' },
    ]);
  });

  it('is asked again at activation', () => {
    expect(codes(draft(MEETING), { policy: asked('HIGH'), approver: 'zoe' })).toEqual(['RISK_ELEVATED']);
    expect(codes(draft(MEETING), { policy: asked('HIGH'), approver: 'vera' })).toEqual([]);
  });
});

describe('human touch', () => {
  const asked: TenantPlanPolicy = { human_touch: { risk_at_least: 'MEDIUM' } };

  it('is missed in a risky plan without a step that meets a person', () => {
    expect(evaluateForApproval(draft(ESCALATION), { policy: asked }).reasons).toEqual([
      { code: 'HUMAN_TOUCH_REQUIRED', message: 'Risk MEDIUM needs a step that meets a person' },
    ]);
  });

  it('is given by a renewal meeting, not asked below the risk, and not asked without a policy', () => {
    expect(codes(draft(MEETING, ESCALATION), { policy: asked })).toEqual([]);
    expect(codes(draft(newStep('s1')), { policy: asked })).toEqual([]);
    expect(codes(draft(ESCALATION), { policy: {} })).toEqual([]);
  });
});

describe('activation', () => {
  it('is rejected while other plans of the account and type are ACTIVE, which it names in order', () => {
    const { reasons } = evaluateCanActivate(draft(newStep('s1')), {
      existing_active_plan_ids: ['p3', 'p2'],
      unmet_preconditions: [],
    });
    expect(reasons).toEqual([
      {
        code: 'CONFLICT_ACTIVE_PLAN',
        subject: 'p2',
        message: 'Plan p2 of the same account and type is ACTIVE',
      },
      {
        code: 'CONFLICT_ACTIVE_PLAN',
        subject: 'p3',
        message: 'Plan p3 of the same account and type is ACTIVE',
      },
    ]);
  });

  it('is not in conflict with itself', () => {
    expect(codes(draft(newStep('s1')), { existing_active_plan_ids: ['p1'] })).toEqual([]);
  });

  it('is rejected for every precondition that is not met', () => {
    const { can_activate, reasons } = evaluateCanActivate(draft(newStep('s1')), {
      existing_active_plan_ids: [],
      unmet_preconditions: ['No contract', 'No owner'],
    });
    expect(can_activate).toBe(false);
    expect(reasons).toEqual([
      { code: 'PRECONDITIONS_UNMET', message: 'No contract' },
      { code: 'PRECONDITIONS_UNMET', message: 'No owner' },
    ]);
  });
});

describe('the plan policy of a tenant', () => {
  it.each([
    [{}, true],
    [{ human_touch: { risk_at_least: 'HIGH' } }, true],
    [{ elevated_authority: { risk_at_least: 'HIGH', approvers: ['vera'] } }, true],
    [{ human_touch: { risk_at_least: 'EXTREME' } }, false],
    [{ elevated_authority: { risk_at_least: 'HIGH' } }, false],
    [{ human_tuch: { risk_at_least: 'HIGH' } }, false],
  ])('%j is well-formed: %s', (policy, fits) => {
    expect(tenantPlanPolicy.safeParse(policy).success).toBe(fits);
  });
});
