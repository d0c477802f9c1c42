import { describe, expect, it } from '@jest/globals';
import { readCrmConfig } from '../../../../src/adapters/connectors/crm/crm-config.ts';
import { taskCall, undo, useRig } from './rig.ts';

const ROW = { login_url: 'https://acme.my.salesforce.com', secret_id: 'tenants/t1/crm' };

describe('the configuration of the CRM connector', () => {
  it('fills in the version of the API and the external id field', () => {
    expect(readCrmConfig(ROW)).toEqual({
      ok: true,
      config: { ...ROW, api_version: 'v58.0', external_id_field: 'CcNativeKey__c' },
    });
  });

  it.each([
    ['https://acme.my.salesforce.com/', 'https://acme.my.salesforce.com'],
    ['https://acme.my.site.com/customers//', 'https://acme.my.site.com/customers'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('takes %s as a login_url', (login_url, kept) => {
    expect(readCrmConfig({ ...ROW, login_url })).toMatchObject({ ok: true, config: { login_url: kept } });
  });

  it.each(['v58.0', 'v59.0', 'v60.0', 'v69.0', 'v99.0'])('takes %s as an api_version', (api_version) => {
    expect(readCrmConfig({ ...ROW, api_version })).toMatchObject({ ok: true, config: { api_version } });
  });

  it.each([
    ['login_url', undefined],
    ['login_url', 'acme.my.salesforce.com'],
    ['login_url', 'http://acme.my.salesforce.com'],
    ['login_url', 'http://127.0.0.1.example.com'],
    ['login_url', 'ftp://127.0.0.1'],
    ['login_url', 'https://somebody@acme.my.salesforce.com'],
    ['login_url', 'https://:word@acme.my.salesforce.com'],
    ['secret_id', undefined],
    ['secret_id', ''],
    ['api_version', 'v57.0'],
    ['api_version', 'v58.1'],
    ['api_version', '58.0'],
    ['api_version', 'v100.0'],
    ['external_id_field', 'Key/../../Account'],
    ['external_id_field', ''],
  ])('names %s when it is %j, and not its value', (field, value) => {
    const read = readCrmConfig({ ...ROW, [field]: value });
    expect(read).toMatchObject({ ok: false, problem: expect.stringContaining(`${field}: `) });
    if (value) expect(JSON.stringify(read)).not.toContain(`: ${value}`);
  });
});

describe('a CRM that is not configured', () => {
  const rig = useRig();
  const notConfigured = {
    ...{ success: false, error_class: 'VALIDATION', error_code: 'CONNECTOR_NOT_CONFIGURED' },
    ...{ transient: false, effect: 'NONE' },
  };

  it('is a failure of whatever is asked of it', async () => {
    const connector = rig.connectorOf({ config: undefined });
    const ref = { system: 'CRM', object_type: 'Task', object_id: '00T000000000000001' } as const;
    expect(await connector.execute(taskCall())).toMatchObject({ ...notConfigured, external_object_refs: [] });
    expect(await connector.compensate(undo([ref]))).toMatchObject({
      ...notConfigured,
      external_object_refs: [ref],
    });
    expect(await connector.validate(taskCall())).toContain('nobody has configured the CRM');
  });

  it('is one with the field that does not fit named', async () => {
    const connector = rig.connectorOf({ config: { api_version: 'v12.0', secret_id: undefined } });
    const error_message = expect.stringMatching(/secret_id: .*api_version: /);
    expect(await connector.execute(taskCall())).toMatchObject({ ...notConfigured, error_message });
    expect(await connector.validate(taskCall())).toEqual(error_message);
  });

  it('is told from one that is, without asking it', async () => {
    expect(await rig.connector.validate(taskCall())).toBeUndefined();
    expect(rig.crm.requests).toEqual([]);
  });
});
