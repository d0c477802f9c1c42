import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createDynamoDbClient } from '../../../src/local/dynamodb/client.ts';
import { createTables } from '../../../src/local/dynamodb/create-tables.ts';
import { loadTables } from '../../../src/local/dynamodb/load-tables.ts';
import { startDynamoDb } from '../../../src/local/dynamodb/start-dynamodb.ts';
import { serversUnderTest } from '../../support/dynamodb.ts';

/**
 * A process for tests to kill: it owns a server and writes rows until it dies. Prints the endpoint, then the number of
 * each row that was acknowledged. Arguments: data directory, tables file.
 */
const [dataDirectory, tablesFile] = process.argv.slice(2);
const { endpoint } = await startDynamoDb({ endpoint: '', servers: serversUnderTest(), dataDirectory });
const client = createDynamoDbClient({ endpoint });
const { BigGadgetsTable } = await createTables(
  client,
  loadTables(`${tablesFile}`, { prefix: 'p', stage: 's' }),
);
console.log(endpoint);
for (let row = 1; ; row += 1) {
  await client.send(new PutItemCommand({ TableName: BigGadgetsTable, Item: { id: { S: `${row}` } } }));
  console.log(row);
}
