import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Key, Row } from './raw-table-reader.ts';

type Attributes = Parameters<typeof unmarshall>[0];
type Keyed = Readonly<Record<'pk' | 'sk', { readonly S: string }>>;
interface Write {
  readonly TableName: string;
  readonly Item?: Attributes & Keyed;
  readonly Key?: Keyed;
}
interface Transaction {
  readonly TransactItems: readonly Readonly<Partial<Record<'Put' | 'Update' | 'Delete', Write>>>[];
}

/** Which row a call has written. */
export interface WrittenKey {
  readonly table: string;
  readonly key: Key;
}

/** A row that a call has written. */
export interface WrittenRow extends WrittenKey {
  /** What it was put as; undefined when it was updated or deleted. */
  readonly put: () => Row | undefined;
}

const writtenRow = ({ TableName: table, Item, Key = Item }: Write): WrittenRow => {
  if (!Key) throw new Error('a write names no row');
  return { table, key: { pk: Key.pk.S, sk: Key.sk.S }, put: () => Item && unmarshall(Item) };
};

/** The rows that a call writes, in DynamoDB's own form of it. */
export const writesOf = (operation: string, input: object): WrittenRow[] => {
  if (['PutItem', 'UpdateItem', 'DeleteItem'].includes(operation)) return [writtenRow(input as Write)];
  if (operation !== 'TransactWriteItems') return [];
  return (input as Transaction).TransactItems.flatMap(({ Put, Update, Delete }) => {
    const write = Put ?? Update ?? Delete;
    return write ? [writtenRow(write)] : [];
  });
};
