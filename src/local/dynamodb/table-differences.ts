import type { CreateTableCommandInput, KeySchemaElement, TableDescription } from '@aws-sdk/client-dynamodb';

/** Says in words where the keys and indexes of an existing table are not those of its definition. */
export function tableDifferences(wanted: CreateTableCommandInput, found: TableDescription): string[] {
  const wantedParts = parts(wanted);
  const foundParts = parts(found);
  return [...new Set([...wantedParts.keys(), ...foundParts.keys()])]
    .filter((part) => wantedParts.get(part) !== foundParts.get(part))
    .map(
      (part) => `${part} is ${foundParts.get(part) ?? 'absent'}, wanted ${wantedParts.get(part) ?? 'absent'}`,
    );
}

type Keyed = Pick<TableDescription, 'KeySchema' | 'GlobalSecondaryIndexes' | 'LocalSecondaryIndexes'>;

function parts(table: Keyed | CreateTableCommandInput): Map<string, string> {
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
  return new Map([
    ['key', keyText(table.KeySchema)],
    ...indexes.map(({ IndexName, KeySchema }): [string, string] => [
      `index ${IndexName}`,
      keyText(KeySchema),
    ]),
  ]);
}

function keyText(schema: readonly KeySchemaElement[] = []): string {
  return schema.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ');
}
