import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { TransientError } from '../../application/errors.ts';
import type { ExecutionLedger } from '../../application/ports/executions.ts';
import { type ExecutionLedgerEntry, executionLedgerEntry } from '../../domain/execution/execution-ledger.ts';
import { ledgerEntryWrite } from './execution-writes.ts';
import { commitTogether, type TransactItem } from './guarded-write.ts';
import { ledgerEntrySk, tenantPk } from './keys.ts';
import { parseOptionalRow } from './rows.ts';
import type { TableNames } from './table-names.ts';

type Table = Pick<TableNames, 'LEDGER_TABLE_NAME'>;

/** Entries stand under their instants, so a second one of the same id would be another row; the row under the id alone keeps it out. */
const ID_IS_NEW = 'attribute_not_exists(pk)';

const idKey = ({ tenantId, entryId }: ExecutionLedgerEntry) => ({
  ...{ pk: tenantPk(tenantId), sk: `ENTRY_ID#${entryId}` },
});

/** Says under which instant the entry of an id stands. */
const idWrite = (TableName: string, entry: ExecutionLedgerEntry): TransactItem => ({
  Put: {
    TableName,
    Item: { ...idKey(entry), entry_sk: ledgerEntrySk(entry.timestamp, entry.entryId) },
    ConditionExpression: ID_IS_NEW,
  },
});

/** Entries of the ledger of executions that must be told once however often they are asked for. */
export const createExecutionLedger = (client: DynamoDBDocumentClient, table: Table): ExecutionLedger => {
  const TableName = table.LEDGER_TABLE_NAME;

  const read = async (Key: { pk: string; sk: string }) =>
    (await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item;

  const standing = async (entry: ExecutionLedgerEntry): Promise<ExecutionLedgerEntry | undefined> => {
    const key = idKey(entry);
    const id = await read(key);
    const row = id && (await read({ pk: key.pk, sk: String(id.entry_sk) }));
    return parseOptionalRow(executionLedgerEntry, row);
  };

  return {
    async appendOnce(entry) {
      const result = await commitTogether(client, [
        { write: idWrite(TableName, entry), lost_to: 'ENTRY' },
        { write: ledgerEntryWrite(table, entry), lost_to: 'ENTRY' },
      ]);
      if (result.committed) return entry;
      const first = await standing(entry);
      if (first) return first;
      throw new TransientError(`the ledger's entry ${entry.entryId} could not be written now`);
    },
  };
};
