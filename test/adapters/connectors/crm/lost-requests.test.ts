import { describe, expect, it } from '@jest/globals';
import { reserveLoopbackPort } from '../../../../src/local/process/loopback-port.ts';
import { about, caseCall, taskCall, useRig } from './rig.ts';

const rig = useRig();

const UNKNOWN = {
  ...{ success: false, error_class: 'TIMEOUT', error_code: 'TIMEOUT', transient: true, effect: 'UNKNOWN' },
  external_object_refs: [],
};

describe('a request of which nothing was heard', () => {
  it('may have been done when the time for it is up', async () => {
    rig.crm.faults.push({ match: about('PATCH'), hang: true });
    const connector = rig.connectorOf({ http: { timeoutMs: 500 } });
    expect(await connector.execute(taskCall())).toMatchObject(UNKNOWN);
    expect(await connector.execute(taskCall())).toMatchObject({ success: true });
    expect(rig.crm.objects()).toHaveLength(1);
  });

  it('may have been done when the connection was cut before it was', async () => {
    rig.crm.faults.push({ match: about('PATCH'), dropConnection: 'before' });
    expect(await rig.connector.execute(taskCall())).toMatchObject(UNKNOWN);
    expect(rig.crm.objects()).toEqual([]);
  });

  it('may have been done when the connection was cut after it was; made again it makes no second object', async () => {
    rig.crm.faults.push({ match: about('PATCH'), dropConnection: 'after' });
    expect(await rig.connector.execute(taskCall())).toMatchObject(UNKNOWN);
    const [made] = rig.crm.objects();
    expect(made).toBeDefined();
    expect(await rig.connector.execute(taskCall())).toMatchObject({
      ...{ success: true, external_object_refs: [{ object_id: made?.Id }] },
    });
    expect(rig.crm.objects()).toHaveLength(1);
  });

  it('converges on one case and one task wherever in the two it happened', async () => {
    for (const type of ['Case', 'Task']) {
      rig.crm.faults.push({ match: about('PATCH', type), dropConnection: 'after' });
      expect(await rig.connector.execute(caseCall())).toMatchObject(UNKNOWN);
    }
    expect(await rig.connector.execute(caseCall())).toMatchObject({ success: true });
    expect(rig.crm.objects().map(({ type }) => type)).toEqual(['Case', 'Task']);
  });
});

describe('a request that could not be sent', () => {
  const failing = (error: unknown) =>
    rig.connectorOf({ http: { fetch: () => Promise.reject(error) } }).execute(taskCall());

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED'])(
    'has done nothing: %s',
    async (code) => {
      const cause = Object.assign(new Error('no'), { code });
      expect(await failing(Object.assign(new TypeError('fetch failed'), { cause }))).toMatchObject({
        ...{ success: false, error_class: 'DOWNSTREAM', error_code: code, transient: true, effect: 'NONE' },
      });
    },
  );

  it('has done nothing when nobody listens at the instance that the token is for', async () => {
    const instance_url = `http://127.0.0.1:${await reserveLoopbackPort()}`;
    rig.crm.faults.push({ status: 200, body: { access_token: 'abc', instance_url } });
    expect(await rig.connector.execute(taskCall())).toMatchObject({
      ...{ error_class: 'DOWNSTREAM', error_code: 'ECONNREFUSED', transient: true, effect: 'NONE' },
    });
  });

  it.each([[new Error('no cause')], [Object.assign(new Error('no'), { cause: null })]])(
    'is not told from one that was, unless its error says so: %s',
    async (error) => {
      expect(await failing(error)).toMatchObject({ error_class: 'TIMEOUT', transient: true });
    },
  );
});
