import {
  GetSecretValueCommand,
  InternalServiceError,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createSecretStore } from '../../../src/adapters/secrets/secrets-manager-store.ts';
import { ConfigurationError, TransientError } from '../../../src/application/errors.ts';
import { START } from '../../support/plan-fixtures.ts';
import { settableClock } from '../../support/settable-clock.ts';

const client = new SecretsManagerClient({ region: 'us-east-1' });
const mock = mockClient(client);
afterEach(() => void mock.reset());

const storeAt = () => {
  const clock = settableClock();
  return { clock, store: createSecretStore(client, clock) };
};
const later = (milliseconds: number): string => new Date(Date.parse(START) + milliseconds).toISOString();
const holds = (fields: unknown) => ({ SecretString: JSON.stringify(fields) });
const requests = () => mock.commandCalls(GetSecretValueCommand).map(({ args }) => args[0].input);
const named = (name: string, more: object = {}): Error =>
  Object.assign(new Error('something'), { name }, more);

describe('the secrets of AWS Secrets Manager', () => {
  it('are asked for by id and read as JSON', async () => {
    mock.on(GetSecretValueCommand).resolves(holds({ client_id: 'a', client_secret: 'b' }));
    expect(await storeAt().store.get('crm')).toEqual({ client_id: 'a', client_secret: 'b' });
    expect(requests()).toEqual([{ SecretId: 'crm' }]);
  });

  it('are kept for five minutes, each by its id', async () => {
    const { clock, store } = storeAt();
    mock
      .on(GetSecretValueCommand, { SecretId: 'crm' })
      .resolvesOnce(holds({ a: '1' }))
      .resolves(holds({ a: '2' }));
    mock.on(GetSecretValueCommand, { SecretId: 'other' }).resolves(holds({ a: '3' }));
    expect(await store.get('crm')).toEqual({ a: '1' });
    clock.set(later(299_999));
    expect(await store.get('crm')).toEqual({ a: '1' });
    expect(await store.get('other')).toEqual({ a: '3' });
    clock.set(later(300_000));
    expect(await store.get('crm')).toEqual({ a: '2' });
  });

  it('are asked for once by those who ask at the same time', async () => {
    mock.on(GetSecretValueCommand).resolves(holds({ a: '1' }));
    const { store } = storeAt();
    await Promise.all([store.get('crm'), store.get('crm'), store.get('crm')]);
    expect(requests()).toHaveLength(1);
  });

  it('are read anew when asked to, and kept from then on', async () => {
    const { clock, store } = storeAt();
    mock
      .on(GetSecretValueCommand)
      .resolvesOnce(holds({ a: 'old' }))
      .resolves(holds({ a: 'new' }));
    await store.get('crm');
    clock.set(later(299_999));
    expect(await store.refresh('crm')).toEqual({ a: 'new' });
    clock.set(later(300_001));
    expect(await store.get('crm')).toEqual({ a: 'new' });
    expect(requests()).toHaveLength(2);
  });

  it('are not kept when they could not be read', async () => {
    mock
      .on(GetSecretValueCommand)
      .rejectsOnce(named('ThrottlingException'))
      .resolves(holds({ a: '1' }));
    const { store } = storeAt();
    await expect(store.get('crm')).rejects.toThrow(TransientError);
    expect(await store.get('crm')).toEqual({ a: '1' });
  });

  it('stay when one that was asked for before them fails', async () => {
    const { store } = storeAt();
    let fail = (_error: Error): void => {};
    const failing = new Promise<never>((_resolve, reject) => {
      fail = reject;
    });
    mock
      .on(GetSecretValueCommand)
      .callsFakeOnce(() => failing)
      .resolves(holds({ a: 'new' }));
    const first = store.get('crm');
    await store.refresh('crm');
    fail(named('ThrottlingException'));
    await expect(first).rejects.toThrow(TransientError);
    await store.get('crm');
    expect(requests()).toHaveLength(2);
  });

  it.each(['ThrottlingException', 'ServiceUnavailableException', 'TimeoutError'])(
    'may be asked for again after %s',
    async (name) => {
      const error = named(name);
      mock.on(GetSecretValueCommand).rejects(error);
      await expect(storeAt().store.get('crm')).rejects.toMatchObject({
        name: 'TransientError',
        cause: error,
      });
    },
  );

  it('may be asked for again after a fault of the service', async () => {
    mock.on(GetSecretValueCommand).rejects(new InternalServiceError({ message: 'sorry', $metadata: {} }));
    await expect(storeAt().store.get('crm')).rejects.toThrow(TransientError);
  });

  it('pass on what will not pass', async () => {
    const denied = named('AccessDeniedException', { $fault: 'client' });
    mock.on(GetSecretValueCommand).rejects(denied);
    await expect(storeAt().store.get('crm')).rejects.toBe(denied);
  });
});

describe('a secret that cannot be used', () => {
  it.each([
    new ResourceNotFoundException({ message: 'none', $metadata: {} }),
    named('InvalidRequestException', { $fault: 'client' }),
  ])('is named when there is none: $name', async (error) => {
    mock.on(GetSecretValueCommand).rejects(error);
    const got = storeAt().store.get('tenants/t1/crm');
    await expect(got).rejects.toThrow(ConfigurationError);
    await expect(got).rejects.toThrow('there is no secret tenants/t1/crm');
  });

  it.each([
    ['hunter2'],
    ['{"client_secret":"hunter2"'],
    ['"hunter2"'],
    ['["hunter2"]'],
    ['{"client_secret":"hunter2","port":443}'],
    ['{"client_secret":{"hunter2":"hunter2"}}'],
    ['null'],
    [''],
    [undefined],
  ])('is named, and nothing of it told, when it is %j', async (SecretString) => {
    mock.on(GetSecretValueCommand).resolves(SecretString === undefined ? {} : { SecretString });
    const error: unknown = await storeAt()
      .store.get('tenants/t1/crm')
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigurationError);
    const { message, cause } = error as ConfigurationError;
    expect(message).toBe('the secret tenants/t1/crm is no JSON object of strings');
    expect(cause).toBeUndefined();
  });
});
