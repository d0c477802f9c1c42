import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../../../src/adapters/connectors/webhook/webhook-config.ts';
import { ConfigurationError, TransientError } from '../../../../src/application/errors.ts';
import type { ConnectorConfigStore, SecretStore } from '../../../../src/application/ports/configuration.ts';
import { fake } from '../../../support/fakes/fake.ts';
import { CALL, connectorFor, failureWith, rowFor, secretOf } from './harness.ts';

const ROW = { url: 'https://hooks.example.com/in', allowed_hosts: ['hooks.example.com'], secret_id: 's1' };
const NOT_CONFIGURED = failureWith('VALIDATION', 'CONNECTOR_NOT_CONFIGURED', 'NONE', false);

const failureOf = (row: unknown, allowPrivate = false) => {
  const result = readConfig(row, allowPrivate);
  return 'failure' in result ? result.failure : undefined;
};
const codeOf = (row: unknown, allowPrivate = false) => failureOf(row, allowPrivate)?.error_code;

describe('the configuration of a webhook', () => {
  it('says where to send, with which secret, and that keys are not honoured unless told so', () => {
    expect(readConfig(ROW, false)).toEqual({
      value: { url: new URL(ROW.url), secretId: 's1', honoursIdempotencyKey: false },
    });
    expect(readConfig({ ...ROW, honours_idempotency_key: true, note: 'ours' }, false)).toMatchObject({
      value: { honoursIdempotencyKey: true },
    });
  });

  it.each([
    ['url', { url: undefined }, 'url: undefined'],
    ['url', { url: 7 }, 'url: 7'],
    ['url', { url: 'hooks' }, 'url: "hooks": is no URL'],
    ['url', { url: 'ftp://hooks.example.com/' }, 'url: "ftp://hooks.example.com/": must be https'],
    ['url', { url: 'http://hooks.example.com/' }, 'url: "http://hooks.example.com/": must be https'],
    ['url', { url: 'http://localhost/' }, 'url: "http://localhost/": must be https'],
    ['url', { url: 'http://127.0.0.1/' }, 'url: "http://127.0.0.1/": must be https'],
    ['allowed_hosts', { allowed_hosts: undefined }, 'allowed_hosts: undefined'],
    ['allowed_hosts', { allowed_hosts: [] }, 'allowed_hosts: []'],
    ['allowed_hosts', { allowed_hosts: ['Hooks.example.com'] }, 'allowed_hosts[0]: "Hooks.example.com"'],
    ['allowed_hosts', { allowed_hosts: ['*.example.com'] }, 'allowed_hosts[0]: "*.example.com"'],
    ['allowed_hosts', { allowed_hosts: ['a.com', 'https://b.com'] }, 'allowed_hosts[1]: "https://b.com"'],
    ['secret_id', { secret_id: '' }, 'secret_id: ""'],
    ['secret_id', { secret_id: undefined }, 'secret_id: undefined'],
    ['honours_idempotency_key', { honours_idempotency_key: 'yes' }, 'honours_idempotency_key: "yes"'],
  ])('is refused for its %s, which is named with its value: %j', (_field, more, message) => {
    expect(failureOf({ ...ROW, ...more })).toMatchObject({
      ...{ error_class: 'VALIDATION', error_code: 'CONNECTOR_NOT_CONFIGURED' },
      error_message: expect.stringContaining(message),
    });
  });

  it.each([
    'https://user:hunter2@hooks.example.com/',
    'https://hunter2@hooks.example.com/',
    'https://:hunter2@hooks.example.com/',
    'https:user:hunter2@hooks.example.com/',
    'https://user:hunter2@hooks example.com/',
    'ftp://hooks.example.com/?token=hunter2',
    'ftp://hooks.example.com/#hunter2',
  ])('is refused without a word of the secrets in %s', (url) => {
    const failure = failureOf({ ...ROW, url });
    expect(failure).toMatchObject({
      error_code: 'CONNECTOR_NOT_CONFIGURED',
      error_message: expect.stringMatching(/^url: /),
    });
    expect(failure?.error_message).not.toContain('hunter2');
  });

  it.each([
    ['https://hooks.example.com/', ['hooks.example.com'], undefined],
    ['https://HOOKS.example.com:443/', ['hooks.example.com'], undefined],
    ['https://hooks.example.com/', ['other.com', 'hooks.example.com:443'], undefined],
    ['https://hooks.example.com:8443/', ['hooks.example.com:8443'], undefined],
    ['https://[2606:4700::1]/', ['[2606:4700::1]'], undefined],
    ['https://hooks.example.com:8443/', ['hooks.example.com'], 'hooks.example.com:8443'],
    ['https://hooks.example.com/', ['hooks.example.com:8443'], 'hooks.example.com:443'],
    ['https://a.hooks.example.com/', ['hooks.example.com'], 'a.hooks.example.com:443'],
    ['https://example.com/', ['hooks.example.com'], 'example.com:443'],
    ['https://hooks.example.com./', ['hooks.example.com'], 'hooks.example.com.:443'],
    ['https://hooks.example.com.evil.com/', ['hooks.example.com'], 'hooks.example.com.evil.com:443'],
  ])('allows %s among %j only by its exact host and port', (url, allowed_hosts, refused) => {
    const failure = failureOf({ ...ROW, url, allowed_hosts });
    const expected = {
      ...{ error_class: 'VALIDATION', error_code: 'ADDRESS_NOT_ALLOWED' },
      error_message: `url: "${refused}" is not in allowed_hosts`,
    };
    expect(failure).toEqual(refused ? expect.objectContaining(expected) : undefined);
  });

  it.each([
    ['http://localhost:8080/', 'localhost:8080', undefined],
    ['http://127.0.0.1:8080/', '127.0.0.1:8080', undefined],
    ['http://[::1]:8080/', '[::1]:8080', undefined],
    ['http://localhost/', 'localhost:80', undefined],
    ['http://localhost/', 'localhost', 'ADDRESS_NOT_ALLOWED'],
    ['http://10.0.0.1/', '10.0.0.1:80', 'CONNECTOR_NOT_CONFIGURED'],
    ['http://hooks.example.com/', 'hooks.example.com:80', 'CONNECTOR_NOT_CONFIGURED'],
    ['ws://localhost/', 'localhost:80', 'CONNECTOR_NOT_CONFIGURED'],
  ])('may do without TLS on this machine only, where that is allowed: %s', (url, host, code) => {
    expect(codeOf({ ...ROW, url, allowed_hosts: [host] }, true)).toBe(code);
  });
});

describe('a webhook connector that is not configured', () => {
  const neverAsked = fake<SecretStore>('SecretStore', {});

  it('says whose configuration is missing, and asks for no secret', async () => {
    expect(await connectorFor(undefined, { secrets: neverAsked }).execute(CALL)).toEqual({
      ...{ success: false, error_class: 'VALIDATION', error_code: 'CONNECTOR_NOT_CONFIGURED' },
      error_message: 'no webhook for tenant "acme" or its account "a1"',
      ...{ transient: false, effect: 'NONE', external_object_refs: [] },
      ...{ tool_run_ref: 'webhook/key1', tenant_id: 'acme' },
    });
  });

  it('says what of the configuration does not fit, and asks for no secret', async () => {
    const connector = connectorFor({ ...ROW, url: 'hooks' }, { secrets: neverAsked });
    expect(await connector.execute(CALL)).toEqual(NOT_CONFIGURED);
  });

  it('asks for the configuration of the account that the call is about', async () => {
    const asked: unknown[] = [];
    const configs: ConnectorConfigStore = { get: async (...question) => void asked.push(question) };
    await connectorFor(undefined, { configs }).execute(CALL);
    expect(asked).toEqual([[{ tenant_id: 'acme', account_id: 'a1' }, 'webhook']]);
  });

  it.each([
    ['is missing', {}],
    ['is too short', { signing_key: 'of-15-characte.' }],
  ])('refuses a secret whose key %s, and does not show it', async (_what, fields) => {
    const answer = await connectorFor(ROW, { secrets: secretOf(fields) }).execute(CALL);
    expect(answer).toEqual(NOT_CONFIGURED);
    expect(answer).toMatchObject({ error_message: expect.stringMatching(/"s1".*signing_key/) });
    expect(JSON.stringify(answer)).not.toContain('of-15');
  });

  it('names a secret that there is not', async () => {
    const secrets: SecretStore = {
      get: () => Promise.reject(new ConfigurationError('{"signing_key": oops')),
    };
    const answer = await connectorFor(ROW, { secrets }).execute(CALL);
    expect(answer).toEqual(NOT_CONFIGURED);
    expect(answer).toMatchObject({ error_message: expect.stringMatching(/^secret_id: "s1": (?!.*oops)/) });
  });

  it('throws on what the stores throw when they could not be read', async () => {
    const down = () => Promise.reject(new TransientError('throttled'));
    await expect(connectorFor(ROW, { secrets: { get: down } }).execute(CALL)).rejects.toThrow(TransientError);
    await expect(connectorFor(rowFor('x'), { configs: { get: down } }).execute(CALL)).rejects.toThrow(
      TransientError,
    );
  });
});
