// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how templates spell their variables
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loadTables } from '../../../src/local/dynamodb/load-tables.ts';
import { tableEnvironment } from '../../../src/local/dynamodb/table-environment.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tables-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function template(tableName: string, rest = 'KeySchema: [{ AttributeName: id, KeyType: HASH }]') {
  const path = join(folder, 'tables.yml');
  await writeFile(
    path,
    `ThingsTable:
  Type: AWS::DynamoDB::Table
  Properties:
    TableName: ${tableName}
    AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
    ${rest}
`,
  );
  return path;
}

test('takes keys, indexes and the stream of each table, and leaves the rest to AWS', () => {
  const [widgets, gadgets, ...others] = loadTables(join(import.meta.dirname, 'tables.yml'), { prefix: 'p' });
  expect(others).toEqual([]);
  expect(gadgets).toMatchObject({ logicalId: 'BigGadgetsTable', tableName: 'p-big-gadgets' });
  expect(widgets).toEqual({
    logicalId: 'WidgetsTable',
    tableName: 'p-widgets',
    request: {
      TableName: 'p-widgets',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'colour'].map((name) => ({
        AttributeName: name,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'colour-index',
          KeySchema: [{ AttributeName: 'colour', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    },
  });
});

test.each([
  ["'${self:custom.prefix}-${sls:stage}'", 'pre-dev'],
  ["!Sub '${self:custom.prefix}-things'", 'pre-things'],
  ["!Sub ['${a}-${sls:stage}', { a: !Ref Extra }]", 'extra-dev'],
  ["!Join ['-', [!Ref Extra, things]]", 'extra-things'],
  ['{ "Fn::Sub": "${Extra}-long" }', 'extra-long'],
  ['"${param:unknown, \'fallback\'}-x"', 'fallback-x'],
  ['plain', 'plain'],
])('reads the table name %s as %s', async (written, tableName) => {
  const naming = { prefix: 'pre', stage: 'dev', substitutions: { Extra: 'extra' } };
  expect(loadTables(await template(written), naming)).toMatchObject([{ tableName }]);
});

test.each([
  [
    "'${self:custom.other}-things'",
    undefined,
    /tables\.yml: ThingsTable: no substitution .*self:custom\.other/,
  ],
  ['!GetAtt Other.Name', undefined, /ThingsTable: .*Fn::GetAtt.* cannot be read as text/],
  ['things', 'KeySchema: []', /ThingsTable: (.|\n)*KeySchema/],
])('names file, table and fault when it cannot read %s %s', async (tableName, rest, message) => {
  const path = await template(tableName, rest);
  expect(() => loadTables(path)).toThrow(message);
});

test('a file without tables is refused', async () => {
  const path = join(folder, 'empty.yml');
  await writeFile(path, 'Resources: {}');
  expect(() => loadTables(path)).toThrow(/empty\.yml defines no AWS::DynamoDB::Table/);
});

test('functions find a table by the name of its resource in capitals', () => {
  expect(tableEnvironment({ RevenuePlansTable: 'x-revenue-plans', Tenants: 'x-tenants' })).toEqual({
    REVENUE_PLANS_TABLE_NAME: 'x-revenue-plans',
    TENANTS_TABLE_NAME: 'x-tenants',
  });
});
