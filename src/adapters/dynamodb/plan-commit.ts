import type { LostTo, PlanCommit } from '../../application/ports/plans.ts';
import type { PlanEffect } from '../../domain/plan/effects.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { closeBudgetWrites, spendBudgetWrites } from './budget-writes.ts';
import { unstartedCheck } from './execution-writes.ts';
import type { GuardedWrite, TransactItem } from './guarded-write.ts';
import { approveIntentWrite, closeIntentWrite, putIntentWrite } from './intent-store.ts';
import { activeLockSk, dueShard, dueSk, eventSk, planPk, scopePk } from './keys.ts';
import { reviseAttemptWrite, settleAttemptWrites, startAttemptWrites } from './step-attempt-store.ts';
import type { TableNames } from './table-names.ts';

type Write = GuardedWrite<LostTo>;

const PLAN_IS_NEW = 'attribute_not_exists(pk)';
/** Optimistic concurrency: nobody has changed the plan since it was read. */
const PLAN_UNCHANGED = 'version = :read';
/** The ledger is append-only: an entry is never written over. */
const ENTRY_IS_NEW = 'attribute_not_exists(sk)';
/** One ACTIVE plan per tenant, account and type. */
const NO_OTHER_IS_ACTIVE = 'attribute_not_exists(pk) OR plan_id = :plan_id';
const THE_LOCK_IS_OURS = 'plan_id = :plan_id';

export const dueAttributes = (
  planId: string,
  dueAt: string | undefined,
): { due_shard?: string; due_sk?: string } =>
  dueAt === undefined ? {} : { due_shard: dueShard(planId), due_sk: dueSk(dueAt, planId) };

const planWrite = (tables: TableNames, { before, plan, due_at }: PlanCommit): Write => ({
  lost_to: 'PLAN',
  write: {
    Put: {
      TableName: tables.REVENUE_PLANS_TABLE_NAME,
      Item: { pk: scopePk(plan), sk: planPk(plan.plan_id), ...plan, ...dueAttributes(plan.plan_id, due_at) },
      ConditionExpression: before ? PLAN_UNCHANGED : PLAN_IS_NEW,
      ...(before && { ExpressionAttributeValues: { ':read': before.version } }),
    },
  },
});

const entryWrites = (tables: TableNames, { entries }: PlanCommit): Write[] =>
  entries.map((entry) => ({
    lost_to: 'PLAN',
    write: {
      Put: {
        TableName: tables.PLAN_LEDGER_TABLE_NAME,
        Item: { pk: planPk(entry.plan_id), sk: eventSk(entry.seq), ...entry },
        ConditionExpression: ENTRY_IS_NEW,
      },
    },
  }));

const lockKey = (plan: Plan) => ({ pk: scopePk(plan), sk: activeLockSk(plan.plan_type) });

const takeLock = (tables: TableNames, plan: Plan): TransactItem => ({
  Put: {
    TableName: tables.REVENUE_PLANS_TABLE_NAME,
    Item: { ...lockKey(plan), plan_id: plan.plan_id, taken_at: plan.updated_at },
    ConditionExpression: NO_OTHER_IS_ACTIVE,
    ExpressionAttributeValues: { ':plan_id': plan.plan_id },
  },
});

const releaseLock = (tables: TableNames, plan: Plan): TransactItem => ({
  Delete: {
    TableName: tables.REVENUE_PLANS_TABLE_NAME,
    Key: lockKey(plan),
    ConditionExpression: THE_LOCK_IS_OURS,
    ExpressionAttributeValues: { ':plan_id': plan.plan_id },
  },
});

const as = (lost_to: LostTo, ...writes: TransactItem[]): Write[] =>
  writes.map((write) => ({ write, lost_to }));

const effectWrites = (tables: TableNames, plan: Plan, effect: PlanEffect): Write[] => {
  const { plan_id, updated_at } = plan;
  switch (effect.kind) {
    case 'TAKE_ACTIVE_LOCK':
      return as('LOCK', takeLock(tables, plan));
    case 'RELEASE_ACTIVE_LOCK':
      return as('LOCK', releaseLock(tables, plan));
    case 'START_ATTEMPT': {
      const started = { ...effect.intent, started_at: updated_at };
      return [
        ...as('ATTEMPT', ...startAttemptWrites(tables, started)),
        ...as('INTENT', putIntentWrite(tables, effect.intent)),
      ];
    }
    case 'REVISE_ATTEMPT':
      return [
        ...as('ATTEMPT', reviseAttemptWrite(tables, effect.intent)),
        ...as('INTENT', putIntentWrite(tables, effect.intent)),
      ];
    case 'SETTLE_ATTEMPT':
      return as('ATTEMPT', ...settleAttemptWrites(tables, { ...effect, plan_id, completed_at: updated_at }));
    case 'APPROVE_INTENT':
      return as('INTENT', approveIntentWrite(tables, plan, { ...effect, approved_at: updated_at }));
    case 'CLOSE_INTENT':
      return [
        ...as('INTENT', closeIntentWrite(tables, plan, effect.action_intent_id, effect.status)),
        ...(effect.only_if_unstarted
          ? as('EXECUTION', unstartedCheck(tables, plan, effect.action_intent_id))
          : []),
      ];
    case 'SPEND_BUDGET':
      return as('BUDGET', ...spendBudgetWrites(tables, plan, effect));
    case 'SETTLE_BUDGET':
    case 'REFUND_BUDGET':
      return as('BUDGET', ...closeBudgetWrites(tables, plan, effect));
  }
};

/** Everything that one commit writes, each write with the name of what it loses to when its condition fails. */
export const commitWrites = (tables: TableNames, commit: PlanCommit): Write[] => [
  planWrite(tables, commit),
  ...entryWrites(tables, commit),
  ...commit.effects.flatMap((effect) => effectWrites(tables, commit.plan, effect)),
];
