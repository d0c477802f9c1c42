import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createCrmConnector } from '../../../../src/adapters/connectors/crm/crm-connector.ts';
import { startLocalCrm } from '../../../../src/local/crm/crm-server.ts';
import { settableClock } from '../../../support/settable-clock.ts';
import { about, caseCall, forToken, SECRET_ID, taskCall, undo } from './rig.ts';

/** As credentials are: longer than a word, and with a digit. */
const credential = fc
  .string({ unit: fc.constantFrom(...'ABCDEFabcdef0123456789_-'), minLength: 16, maxLength: 64 })
  .map((text) => `${text}7`);

/** Bodies that quote something. */
const QUOTES: readonly ((said: string) => unknown)[] = [
  (said) => said,
  (said) => ({ error: said, error_description: said }),
  (said) => ({ access_token: 'abc', instance_url: said }),
  (said) => ({ access_token: 'abc', instance_url: `http://${said}` }),
  (said) => [{ message: said, errorCode: said, fields: [said] }],
  (said) => [{ message: said, errorCode: said.toUpperCase(), fields: [said, 'Subject'] }],
  (said) => ({ id: said, success: true, errors: [] }),
  (said) => ({ id: '', success: false, errors: [{ statusCode: said, message: said, fields: [said] }] }),
];

const fault = fc.record({
  status: fc.constantFrom(200, 201, 300, 400, 401, 403, 404, 409, 429, 500, 503),
  quote: fc.constantFrom(...QUOTES),
  whose: fc.constantFrom(0, 1, 2),
  times: fc.constantFrom(1, 2),
  match: fc.constantFrom(forToken, about('PATCH', 'Case'), about('PATCH', 'Task'), about('DELETE')),
});
type Fault = typeof fault extends fc.Arbitrary<infer T> ? T : never;

/** Everything a connector says around a fault that quotes a credential, and all credentials there were. */
const saidAround = async (client_id: string, client_secret: string, { status, quote, ...fault }: Fault) => {
  const clock = settableClock();
  const crm = await startLocalCrm({ clock, users: { client_id, client_secret } });
  const known = [client_id, client_secret];
  const listening: typeof fetch = (url, init) => {
    const token = new Headers(init?.headers).get('authorization')?.split(' ')[1];
    if (token) known.push(token);
    return fetch(url, init);
  };
  const connector = createCrmConnector({
    http: { fetch: listening },
    configs: { get: async () => ({ login_url: crm.url, secret_id: SECRET_ID }) },
    secrets: { get: async () => ({ client_id, client_secret }) },
    clock,
  });
  const refs = (await connector.execute(caseCall())).external_object_refs;
  const body = quote(known[fault.whose] ?? '');
  for (let left = fault.times; left > 0; left -= 1) crm.faults.push({ match: fault.match, status, body });
  if (fault.match === forToken) crm.expireTokens();
  const said = [
    await connector.execute(caseCall()),
    await connector.execute(taskCall({ idempotency_key: 'other' })),
    await connector.compensate(undo(refs)),
  ];
  await crm.stop();
  expect(crm.faults.length).toBeLessThan(fault.times);
  return { said, known };
};

describe('whatever Salesforce says', () => {
  it('no answer holds a token, a secret or the id of a client', async () => {
    const run = async (client_id: string, client_secret: string, met: Fault) => {
      const { said, known } = await saidAround(client_id, client_secret, met);
      const text = JSON.stringify(said).toLowerCase();
      for (const secret of known) expect(text).not.toContain(secret.toLowerCase());
    };
    await fc.assert(fc.asyncProperty(credential, credential, fault, run), { numRuns: 200 });
  });

  it('no answer holds what somebody has put into the configuration or the secret by mistake', async () => {
    const run = async (value: string, field: string) => {
      const row = {
        login_url: 'https://a.example',
        secret_id: SECRET_ID,
        client_secret: value,
        [field]: value,
      };
      const connector = createCrmConnector({
        configs: { get: async () => row },
        secrets: { get: async () => ({ client_id: value }) },
        clock: settableClock(),
      });
      const said = [await connector.execute(taskCall()), await connector.validate(taskCall())];
      expect(said[0]).toMatchObject({ error_code: 'CONNECTOR_NOT_CONFIGURED' });
      expect(JSON.stringify(said)).not.toContain(value);
    };
    const field = fc.constantFrom('login_url', 'api_version', 'external_id_field', 'client_id');
    await fc.assert(fc.asyncProperty(credential, field, run));
  });
});
