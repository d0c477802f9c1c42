import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { throwTransientErrors } from '../../src/adapters/transient-errors.ts';
import { createDynamoDbClient } from '../../src/local/dynamodb/client.ts';

/**
 * Run by itself, with an endpoint at which nobody listens: prints the name of the error that comes of it. Under Jest errors of
 * Node's core are of another realm than the SDK's, which hides their codes.
 */
const client = createDynamoDbClient({ endpoint: process.argv[2] ?? '' });
throwTransientErrors(client);
await client.send(new ListTablesCommand({})).catch((error: Error) => process.stdout.write(error.name));
