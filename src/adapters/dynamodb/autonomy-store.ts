import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { TransientError } from '../../application/errors.ts';
import type { AutonomyStore } from '../../application/ports/configuration.ts';
import { AUTONOMY_MODES } from '../../domain/autonomy/autonomy-mode.ts';
import { type BudgetFacts, budgetLimits } from '../../domain/autonomy/budget.ts';
import { countOfType } from './budget-writes.ts';
import { ALLOWLIST_SK, autonomySk, BUDGET_CONFIG_SK, budgetStateSk, scopePk, tenantPk } from './keys.ts';
import { parseOptionalRow } from './rows.ts';
import type { TableNames } from './table-names.ts';

type Tables = Pick<TableNames, 'AUTONOMY_CONFIG_TABLE_NAME' | 'AUTONOMY_BUDGET_STATE_TABLE_NAME'>;
type Row = Record<string, unknown>;

const allowlistRow = z.object({ action_types: z.array(z.string()) });
const modeRow = z.object({ mode: z.enum(AUTONOMY_MODES) });
/** Counts by action type stand beside the total; a day's row that was cleared may be below zero once an action is given back. */
const budgetStateRow = z.looseObject({ total: z.int() });

const DEFAULT_SK = autonomySk('DEFAULT');

const keyText = ({ pk, sk }: Row): string => `${String(pk)}/${String(sk)}`;

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
      const budgetKeys = [account, tenant].flatMap((pk) =>
        [BUDGET_CONFIG_SK, budgetStateSk(day)].map((sk) => ({ pk, sk })),
      );
      const rows = await read({
        [tables.AUTONOMY_CONFIG_TABLE_NAME]: { Keys: configKeys },
        [tables.AUTONOMY_BUDGET_STATE_TABLE_NAME]: { Keys: budgetKeys, ConsistentRead: true },
      });
      const row = (pk: string, sk: string) => rows.get(keyText({ pk, sk }));
      const mode = (pk: string, sk: string) => parseOptionalRow(modeRow, row(pk, sk))?.mode;
      const allowlist = (pk: string) => parseOptionalRow(allowlistRow, row(pk, ALLOWLIST_SK))?.action_types;
      const budget = (pk: string): BudgetFacts => {
        const state = parseOptionalRow(budgetStateRow, row(pk, budgetStateSk(day)));
        const ofType = state?.[countOfType(actionType)];
        return {
          limits: parseOptionalRow(budgetLimits, row(pk, BUDGET_CONFIG_SK)),
          used: { total: state?.total ?? 0, of_type: typeof ofType === 'number' ? ofType : 0 },
        };
      };
      return {
        allowlists: { account: allowlist(account), tenant: allowlist(tenant) },
        modes: {
          account_type: mode(account, autonomySk(actionType)),
          tenant_type: mode(tenant, autonomySk(actionType)),
          account_default: mode(account, DEFAULT_SK),
          tenant_default: mode(tenant, DEFAULT_SK),
        },
        budgets: { account: budget(account), tenant: budget(tenant) },
      };
    },
  };
};
