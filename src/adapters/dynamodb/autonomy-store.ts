import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { TransientError } from '../../application/errors.ts';
import type { AutonomyStore } from '../../application/ports/configuration.ts';
import type { Scope } from '../../application/ports/scope.ts';
import { AUTONOMY_MODES } from '../../domain/autonomy/decide-approval.ts';
import type { TransactItem } from './guarded-write.ts';
import { ALLOWLIST_SK, autonomySk, BUDGET_CONFIG_SK, budgetStateSk, scopePk, tenantPk } from './keys.ts';
import { parseOptionalRow } from './rows.ts';
import type { TableNames } from './table-names.ts';

type Tables = Pick<TableNames, 'AUTONOMY_CONFIG_TABLE_NAME' | 'AUTONOMY_BUDGET_STATE_TABLE_NAME'>;
type Row = Record<string, unknown>;

const allowlistRow = z.object({ action_types: z.array(z.string()) });
const modeRow = z.object({ mode: z.enum(AUTONOMY_MODES) });
const budgetConfigRow = z.object({ max_autonomous_per_day: z.int().nonnegative() });
const budgetStateRow = z.object({ total: z.int().nonnegative() });

/** The day's count must still be below the cap; with no row yet, nothing was spent. */
const BELOW_THE_CAP = 'attribute_not_exists(#total) OR #total < :max';
const DEFAULT_SK = autonomySk('DEFAULT');

const keyText = ({ pk, sk }: Row): string => `${String(pk)}/${String(sk)}`;

/** Counts one autonomous action against the day's budget. */
export const spendBudgetWrite = (
  tables: Tables,
  spend: Scope & {
    readonly day: string;
    readonly action_type: string;
    readonly max_autonomous_per_day: number;
  },
): TransactItem => ({
  Update: {
    TableName: tables.AUTONOMY_BUDGET_STATE_TABLE_NAME,
    Key: { pk: scopePk(spend), sk: budgetStateSk(spend.day) },
    UpdateExpression: 'ADD #total :one, #of_type :one',
    ConditionExpression: BELOW_THE_CAP,
    ExpressionAttributeNames: { '#total': 'total', '#of_type': `count_${spend.action_type}` },
    ExpressionAttributeValues: { ':one': 1, ':max': spend.max_autonomous_per_day },
  },
});

/** Modes, allowlists and budgets, read in one call. */
export const createAutonomyStore = (client: DynamoDBDocumentClient, tables: Tables): AutonomyStore => {
  const read = async (request: BatchGetCommandInput['RequestItems']): Promise<Map<string, Row>> => {
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(
      new BatchGetCommand({ RequestItems: request }),
    );
    if (Object.keys(UnprocessedKeys).length > 0)
      throw new TransientError('not all autonomy rows could be read');
    return new Map(
      Object.values(Responses).flatMap((rows) => rows.map((row) => [keyText(row), row] as const)),
    );
  };

  return {
    async facts(scope, actionType, day) {
      const [account, tenant] = [scopePk(scope), tenantPk(scope.tenant_id)];
      const configKeys = [account, tenant].flatMap((pk) =>
        [ALLOWLIST_SK, autonomySk(actionType), DEFAULT_SK].map((sk) => ({ pk, sk })),
      );
      const budgetKeys = [BUDGET_CONFIG_SK, budgetStateSk(day)].map((sk) => ({ pk: account, sk }));
      const rows = await read({
        [tables.AUTONOMY_CONFIG_TABLE_NAME]: { Keys: configKeys },
        [tables.AUTONOMY_BUDGET_STATE_TABLE_NAME]: { Keys: budgetKeys, ConsistentRead: true },
      });
      const row = (pk: string, sk: string) => rows.get(keyText({ pk, sk }));
      const mode = (pk: string, sk: string) => parseOptionalRow(modeRow, row(pk, sk))?.mode;
      const allowlist = (pk: string) => parseOptionalRow(allowlistRow, row(pk, ALLOWLIST_SK))?.action_types;
      const budget = parseOptionalRow(budgetConfigRow, row(account, BUDGET_CONFIG_SK));
      return {
        allowlists: { account: allowlist(account), tenant: allowlist(tenant) },
        modes: {
          account_type: mode(account, autonomySk(actionType)),
          tenant_type: mode(tenant, autonomySk(actionType)),
          account_default: mode(account, DEFAULT_SK),
          tenant_default: mode(tenant, DEFAULT_SK),
        },
        max_autonomous_per_day: budget?.max_autonomous_per_day,
        spent_today: parseOptionalRow(budgetStateRow, row(account, budgetStateSk(day)))?.total ?? 0,
      };
    },
  };
};
