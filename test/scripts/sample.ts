const plan = (plan_id: string, tenant_id: string, account_id: string, more: object = {}) => ({
  ...{ plan_id, tenant_id, account_id, plan_type: 'RENEWAL_DEFENSE', objective: `Renew ${account_id}` },
  ...{ plan_status: 'APPROVED', created_by: 'ana', approved_by: 'ben' },
  expires_at: '2031-04-01T09:00:00.000Z',
  steps: [{ step_id: 'brief', action_type: 'PREP_RENEWAL_BRIEF' }],
  ...more,
});

/** Two tenants; what runs by itself, what waits for a person, and what nobody has approved. */
export const SAMPLE = {
  tenants: [{ tenantId: 'acme' }, { tenantId: 'beta' }],
  autonomy: [
    {
      ...{ tenant_id: 'acme', account_id: 'a1', allowlist: ['PREP_RENEWAL_BRIEF'] },
      ...{ modes: { PREP_RENEWAL_BRIEF: 'AUTO_EXECUTE' }, budget: { max_autonomous_per_day: 5 } },
    },
  ],
  plans: [
    plan('by-itself', 'acme', 'a1'),
    plan('with-person', 'acme', 'a2'),
    plan('drafted', 'beta', 'b1', { plan_status: 'DRAFT' }),
    plan('of-beta', 'beta', 'b2'),
  ],
  outcomes: [{ result: 'SUCCEEDED', after_minutes: 0 }],
};
