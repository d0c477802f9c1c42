import type { Cycle, PlanItem, PlanResult } from '../../src/contracts/plan-cycle.ts';
import { START } from './plan-fixtures.ts';

export const CYCLE_ID = 'arn:aws:states:us-east-1:000000000000:execution:plan-cycle:one';

/** What the tasks of a cycle are told of it. */
export const newCycle = (more: Partial<Cycle> = {}): Cycle => ({
  cycle_id: CYCLE_ID,
  opened_at: START,
  as_of: null,
  dry_run: false,
  force: false,
  tenant_ids: null,
  plans: null,
  max_plans_per_run: 2,
  max_concurrency: 2,
  fencing_token: 1,
  ...more,
});

export const newItem = (more: Partial<PlanItem> = {}): PlanItem => ({
  ...{ tenant_id: 'acme', account_id: 'a1', plan_id: 'p1', list: 'LIVE' },
  advance_when_active: false,
  error: null,
  ...more,
});

export const newResult = (more: Partial<PlanResult> = {}): PlanResult => ({
  ...{ tenant_id: 'acme', plan_id: 'p1', activated: false, started: false, completed: false },
  ...{ completed_by_repair: false, expired: false, expired_at_activation: false, error: null, effects: [] },
  ...more,
});
