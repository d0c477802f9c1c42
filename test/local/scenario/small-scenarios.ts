import type { SimulationReport } from '../../../src/local/scenario/report.ts';

type Fields = Record<string, unknown>;

const START = '2026-01-05T09:00:00.000Z';
const MINUTE_MS = 60_000;
export const DAY = 1440;

/** The instant so many minutes after the start of every scenario here. */
export const minute = (minutes: number): string =>
  new Date(Date.parse(START) + minutes * MINUTE_MS).toISOString();

/** A step that the autonomous accounts of `scenario` carry out without a person. */
export const brief = (step_id: string, more: Fields = {}): Fields => ({
  step_id,
  action_type: 'PREP_RENEWAL_BRIEF',
  ...more,
});

/** A step that always needs a person. */
export const meeting = (step_id: string, more: Fields = {}): Fields => ({
  step_id,
  action_type: 'REQUEST_RENEWAL_MEETING',
  ...more,
});

/** An APPROVED plan with one step; its account is named after it, so that plans do not conflict unless told to. */
export const plan = (plan_id: string, more: Fields = {}): Fields => ({
  plan_id,
  tenant_id: 'acme',
  account_id: `of-${plan_id}`,
  plan_type: 'RENEWAL_DEFENSE',
  objective: 'Keep the customer',
  plan_status: 'APPROVED',
  created_by: 'ana',
  approved_by: 'ben',
  steps: [brief('s1')],
  ...more,
});

export const autonomy = (account_id: string, more: Fields = {}): Fields => ({
  tenant_id: 'acme',
  account_id,
  allowlist: ['PREP_RENEWAL_BRIEF'],
  modes: { PREP_RENEWAL_BRIEF: 'AUTO_EXECUTE' },
  budget: { max_autonomous_per_day: 100 },
  ...more,
});

export const command = (minutes: number, what: string, plan_id: string, more: Fields = {}): Fields => ({
  at: minute(minutes),
  do: what,
  plan_id,
  by: 'cleo',
  ...more,
});

/** A scenario of eight weeks with the plans given; every account may brief by itself unless `more` says otherwise. */
export const scenario = (plans: readonly Fields[], more: Fields = {}): Fields => ({
  start: START,
  until: minute(56 * DAY),
  tenants: [{ tenantId: 'acme', name: 'Acme' }],
  autonomy: [...new Set(plans.map(({ account_id }) => String(account_id)))].map((id) => autonomy(id)),
  plans,
  ...more,
});

const named = (data: Record<string, unknown>): unknown[] =>
  [
    data.step_id,
    data.attempt,
    data.completion_reason ?? data.reason ?? data.outcome ?? data.source ?? data.result,
  ].filter((part) => part !== undefined);

/** A plan's ledger without its beginning (creation and approval): minute, event, and what it is about. */
export const story = ({ ledger }: SimulationReport, planId: string): string[] =>
  (ledger[planId] ?? [])
    .filter(({ event_type }) => event_type !== 'PLAN_CREATED' && event_type !== 'PLAN_APPROVED')
    .map(({ timestamp, event_type, data }) => {
      const minutes = (Date.parse(timestamp) - Date.parse(START)) / MINUTE_MS;
      return [minutes, event_type, ...named(data as Record<string, unknown>)].join(' ');
    });

/** What became of one plan, its steps as `id STATUS attempts`. */
export const fateOf = ({ plans }: SimulationReport, planId: string): string[] => {
  const found = plans.find(({ plan_id }) => plan_id === planId);
  if (!found) throw new Error(`no plan ${planId} in the report`);
  const reason = found.pause_reason ?? found.completion_reason;
  const steps = found.steps.map(({ step_id, status, attempts }) => `${step_id} ${status} ${attempts}`);
  return [[found.plan_status, reason].filter(Boolean).join(' '), ...steps];
};
