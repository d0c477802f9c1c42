import { describe, expect, it } from '@jest/globals';
import { ConfigurationError, TransientError } from '../../../../src/application/errors.ts';
import {
  authFailed,
  CREDENTIALS,
  final,
  forToken,
  knownSecrets,
  passing,
  taskCall,
  tokensAsked,
  useRig,
} from './rig.ts';

const rig = useRig();

describe('the secret of the CRM', () => {
  const OLD = { ...CREDENTIALS, client_secret: 'before-the-rotation-1' };

  it('is read anew when it was refused, and tried once when it is another', async () => {
    const secrets = { get: async () => OLD, refresh: async () => CREDENTIALS };
    expect(await rig.connectorOf({ secrets }).execute(taskCall())).toMatchObject({ success: true });
    expect(tokensAsked(rig.crm)).toBe(2);
  });

  it.each([
    ['the client', { client_id: 'another.client.1' }],
    ['the secret', { client_secret: 'another-secret-1' }],
  ])('is tried anew when only %s is another', async (_words, other) => {
    const secrets = { get: async () => ({ ...CREDENTIALS, ...other }), refresh: async () => CREDENTIALS };
    expect(await rig.connectorOf({ secrets }).execute(taskCall())).toMatchObject({ success: true });
  });

  it('is not tried again when it is the same', async () => {
    const secrets = { get: async () => OLD, refresh: async () => ({ ...OLD }) };
    expect(await rig.connectorOf({ secrets }).execute(taskCall())).toMatchObject(authFailed);
    expect(tokensAsked(rig.crm)).toBe(1);
  });

  it('is not read anew when something else failed', async () => {
    const secrets = { get: async () => CREDENTIALS, refresh: () => Promise.reject(new Error('not wanted')) };
    rig.crm.faults.push({ match: forToken, status: 503 });
    expect(await rig.connectorOf({ secrets }).execute(taskCall())).toMatchObject({ success: false });
    expect(await rig.connectorOf({ secrets }).execute(taskCall())).toMatchObject({ success: true });
  });

  it('is what is wrong when it is gone once it is read anew', async () => {
    const secrets = { get: async () => OLD, refresh: async () => ({}) };
    expect(await rig.connectorOf({ secrets }).execute(taskCall())).toMatchObject(
      final('VALIDATION', 'CONNECTOR_NOT_CONFIGURED'),
    );
  });

  it.each([
    [{ client_id: 'a' }, 'has no client_secret'],
    [{ client_secret: 'a', client_id: '' }, 'has no client_id'],
    [{}, 'has no client_id and client_secret'],
  ])('has to have all its fields: %j', async (fields, words) => {
    const connector = rig.connectorOf({ secrets: knownSecrets(fields as Record<string, string>) });
    expect(await connector.execute(taskCall())).toMatchObject({
      ...final('VALIDATION', 'CONNECTOR_NOT_CONFIGURED'),
      error_message: `the secret tenants/t1/crm ${words}`,
    });
    expect(rig.crm.requests).toEqual([]);
  });

  it('that is missing is a failure that names it', async () => {
    const secrets = { get: () => Promise.reject(new ConfigurationError('there is none')) };
    expect(await rig.connectorOf({ secrets }).execute(taskCall())).toMatchObject({
      ...final('VALIDATION', 'CONNECTOR_NOT_CONFIGURED'),
      error_message: expect.stringContaining('secret_id: tenants/t1/crm'),
    });
  });

  it('that cannot be read for now may be tried again, and is', async () => {
    const answers = [Promise.reject(new TransientError('busy')), Promise.resolve(CREDENTIALS)];
    answers[0]?.catch(() => {});
    const connector = rig.connectorOf({ secrets: { get: () => answers.shift() ?? Promise.reject() } });
    expect(await connector.execute(taskCall())).toMatchObject(passing('DOWNSTREAM', 'SECRET_UNAVAILABLE'));
    expect(await connector.execute(taskCall())).toMatchObject({ success: true });
  });

  it('that cannot be read at all is for somebody else to tell, each time anew', async () => {
    const denied = Object.assign(new Error('not allowed'), { name: 'AccessDeniedException' });
    let reads = 0;
    const secrets = {
      get: () => {
        reads += 1;
        return Promise.reject(denied);
      },
    };
    const connector = rig.connectorOf({ secrets });
    await expect(connector.execute(taskCall())).rejects.toBe(denied);
    await expect(connector.execute(taskCall())).rejects.toBe(denied);
    expect(reads).toBe(2);
  });
});
