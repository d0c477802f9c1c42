import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Row } from './raw-table-reader.ts';

type Attributes = Parameters<typeof unmarshall>[0];
interface Put {
  readonly TableName: string;
  readonly Item: Attributes;
}

/** A row that a call has put. */
export interface PutRow {
  readonly table: string;
  readonly row: Row;
}

const putRow = ({ TableName, Item }: Put): PutRow => ({ table: TableName, row: unmarshall(Item) });

/** The whole rows that a call writes, in DynamoDB's own form of it; updates of single attributes are not among them. */
export const putsOf = (operation: string, input: object): PutRow[] => {
  if (operation === 'PutItem') return [putRow(input as Put)];
  if (operation !== 'TransactWriteItems') return [];
  const { TransactItems } = input as { TransactItems: readonly { readonly Put?: Put }[] };
  return TransactItems.flatMap((item) => (item.Put ? [putRow(item.Put)] : []));
};
