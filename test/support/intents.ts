import { type ActionIntent, newActionIntent } from '../../src/domain/intent/action-intent.ts';
import { planIn, START, stepOf } from './plan-fixtures.ts';

/** The intent of the first attempt at the first step of the plan that the fixtures make. */
export const newIntent = (more: Partial<ActionIntent> = {}): ActionIntent => {
  const plan = planIn('ACTIVE');
  return { ...newActionIntent(plan, stepOf(plan, 's1'), 1, START), ...more };
};

export const SCOPE = { tenant_id: 'acme', account_id: 'a1' };
export const SCOPE_PK = 'TENANT#acme#ACCOUNT#a1';
