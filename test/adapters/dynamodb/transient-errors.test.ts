import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, GetItemCommand, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { throwTransientErrors, translateError } from '../../../src/adapters/transient-errors.ts';
import { TransientError } from '../../../src/application/errors.ts';
import { reserveLoopbackPort } from '../../../src/local/process/loopback-port.ts';

const named = (name: string, more: object = {}): Error =>
  Object.assign(new Error('something'), { name }, more);

describe('translating an error of the SDK', () => {
  it.each([
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'ThrottledException',
    'RequestLimitExceeded',
    'InternalServerError',
    'ServiceUnavailable',
    'ServiceUnavailableException',
    'TransactionInProgressException',
    'TransactionConflictException',
    'TimeoutError',
    'AbortError',
  ])('makes %s transient, and keeps it as the cause', (name) => {
    const error = named(name);
    const translated = translateError(error);
    expect(translated).toBeInstanceOf(TransientError);
    expect(translated).toMatchObject({ cause: error, message: `${name}: something` });
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'])(
    'makes a connection that ended with %s transient',
    (code) => expect(translateError(named('Error', { code }))).toBeInstanceOf(TransientError),
  );

  it('makes every fault of the server transient', () => {
    expect(translateError(named('UnheardOf', { $fault: 'server' }))).toBeInstanceOf(TransientError);
  });

  it.each([
    named('ValidationException', { $fault: 'client' }),
    named('ConditionalCheckFailedException', { $fault: 'client' }),
    named('TypeError', { code: 400 }),
    'no error at all',
    undefined,
  ])('leaves %s as it is', (error) => {
    expect(translateError(error)).toBe(error);
  });
});

describe('a client that throws transient errors', () => {
  const clientOf = (fail: () => Error) => {
    const client = new DynamoDBClient({
      ...{ region: 'us-east-1', endpoint: 'http://127.0.0.1:1', maxAttempts: 1 },
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      requestHandler: { handle: () => Promise.reject(fail()) },
    });
    throwTransientErrors(client);
    return client;
  };
  const get = (client: DynamoDBClient) =>
    client.send(new GetItemCommand({ TableName: 'plans', Key: { pk: { S: 'a' } } }));

  it('does so for a connection that was reset', async () => {
    const client = clientOf(() => named('Error', { code: 'ECONNRESET' }));
    await expect(get(client)).rejects.toThrow(TransientError);
  });

  it('does so when nobody listens at the endpoint', async () => {
    const port = await reserveLoopbackPort();
    const lonely = join(import.meta.dirname, '../../support/lonely-client.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [lonely, `http://127.0.0.1:${port}`]);
    expect(stdout).toBe('TransientError');
  });

  it('passes on what will not pass', async () => {
    const missing = new ResourceNotFoundException({ message: 'no such table', $metadata: {} });
    await expect(get(clientOf(() => missing))).rejects.toBe(missing);
  });
});
