import type { Scope } from '../../application/ports/scope.ts';
import type { BudgetCounter, BudgetLevel } from '../../domain/autonomy/budget.ts';
import type { PlanEffect } from '../../domain/plan/effects.ts';
import type { TransactItem } from './guarded-write.ts';
import { budgetStateSk, scopePk, tenantPk } from './keys.ts';
import type { TableNames } from './table-names.ts';

type Table = Pick<TableNames, 'AUTONOMY_BUDGET_STATE_TABLE_NAME'>;
type EffectOf<K extends PlanEffect['kind']> = Extract<PlanEffect, { kind: K }>;

/** The day's count must still be below the cap; with no row yet, nothing was taken. */
const BELOW_THE_CAP = 'attribute_not_exists(#total) OR #total < :max';
const BELOW_THE_TYPES_CAP = 'attribute_not_exists(#of_type) OR #of_type < :max_of_type';

/** Where a level's rows stand: its budget, and how much of it was taken on each day. */
export const budgetPk = (scope: Scope, level: BudgetLevel): string =>
  level === 'ACCOUNT' ? scopePk(scope) : tenantPk(scope.tenant_id);

export const COUNT_PREFIX = 'count_';

/** Attribute of a day's row that counts the actions of one type. */
export const countOfType = (actionType: string): string => `${COUNT_PREFIX}${actionType}`;

const update = (
  table: Table,
  scope: Scope,
  { level, day }: { level: BudgetLevel; day: string },
): NonNullable<TransactItem['Update']> => ({
  TableName: table.AUTONOMY_BUDGET_STATE_TABLE_NAME,
  Key: { pk: budgetPk(scope, level), sk: budgetStateSk(day) },
  UpdateExpression: '',
});

const spendWrite = (
  table: Table,
  scope: Scope,
  { day, action_type }: EffectOf<'SPEND_BUDGET'>,
  { level, max, max_of_type }: BudgetCounter,
): TransactItem => {
  const ofType = max_of_type !== undefined;
  return {
    Update: {
      ...update(table, scope, { level, day }),
      UpdateExpression: 'ADD #total :one, #of_type :one',
      ConditionExpression: ofType ? `(${BELOW_THE_CAP}) AND (${BELOW_THE_TYPES_CAP})` : BELOW_THE_CAP,
      ExpressionAttributeNames: { '#total': 'total', '#of_type': countOfType(action_type) },
      ExpressionAttributeValues: {
        ...{ ':one': 1, ':max': max },
        ...(ofType && { ':max_of_type': max_of_type }),
      },
    },
  };
};

/** Takes one action from each budget that binds it; loses when another took the last one. */
export const spendBudgetWrites = (
  table: Table,
  scope: Scope,
  effect: EffectOf<'SPEND_BUDGET'>,
): TransactItem[] => effect.counters.map((counter) => spendWrite(table, scope, effect, counter));

const settleWrite = (table: Table, scope: Scope, day: string): TransactItem => ({
  Update: {
    ...update(table, scope, { level: 'ACCOUNT', day }),
    UpdateExpression: 'ADD #settled :one',
    ExpressionAttributeNames: { '#settled': 'settled' },
    ExpressionAttributeValues: { ':one': 1 },
  },
});

const refundWrite = (
  table: Table,
  scope: Scope,
  { day, action_type }: EffectOf<'SETTLE_BUDGET' | 'REFUND_BUDGET'>,
  level: BudgetLevel,
): TransactItem => ({
  Update: {
    ...update(table, scope, { level, day }),
    UpdateExpression: 'ADD #total :back, #of_type :back',
    ExpressionAttributeNames: { '#total': 'total', '#of_type': countOfType(action_type) },
    ExpressionAttributeValues: { ':back': -1 },
  },
});

/**
 * Settles what an action has taken, or gives it back because the action never ran. What is settled is counted for the account only: the
 * tenant's row is shared by all of its accounts, and is not written more often than its cap asks for.
 */
export const closeBudgetWrites = (
  table: Table,
  scope: Scope,
  effect: EffectOf<'SETTLE_BUDGET' | 'REFUND_BUDGET'>,
): TransactItem[] =>
  effect.kind === 'SETTLE_BUDGET'
    ? [settleWrite(table, scope, effect.day)]
    : effect.levels.map((level) => refundWrite(table, scope, effect, level));
