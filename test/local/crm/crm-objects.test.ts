import { describe, expect, it } from '@jest/globals';
import { BASE, idOf, UNKNOWN_ID, useLocalCrm } from './local-crm.ts';

const local = useLocalCrm();

const error = (status: number, errorCode: string, more: object = {}) => ({
  status,
  body: [{ message: expect.any(String), errorCode, ...more }],
});

describe('objects of the local CRM', () => {
  const upsert = (fields: unknown, key = 'k1', type = 'Task') =>
    local.asked('PATCH', `${BASE}/${type}/CcNativeKey__c/${key}`, fields);

  it('are made by the first upsert and changed by the next', async () => {
    const made = await upsert({ Subject: 'Call', Description: 'Now' });
    const id = idOf(made);
    expect(made).toEqual({ status: 201, body: { id, success: true, errors: [], created: true } });
    const changed = await upsert({ Subject: 'Call later' });
    expect(changed).toEqual({ status: 200, body: { id, success: true, errors: [], created: false } });
    expect(local.crm.objects()).toEqual([
      { type: 'Task', Id: id, Subject: 'Call later', Description: 'Now', CcNativeKey__c: 'k1' },
    ]);
  });

  it('are of one type each, whatever their external id', async () => {
    await upsert({ Subject: 'Call' });
    expect((await upsert({ Subject: 'Down' }, 'k1', 'Case')).status).toBe(201);
    expect(local.crm.objects().map(({ Id }) => Id.slice(0, 3))).toEqual(['00T', '500']);
  });

  it('that share an external id are both named, and stay as they are', async () => {
    const fields = { Subject: 'Call', CcNativeKey__c: 'k1' };
    const ids = [idOf(await local.asked('POST', `${BASE}/Task`, fields))];
    ids.push(idOf(await local.asked('POST', `${BASE}/Task`, fields)));
    expect(await upsert({ Subject: 'Other' })).toEqual({
      status: 300,
      body: ids.map((id) => `${BASE}/Task/${id}`),
    });
    expect(local.crm.objects().map(({ Subject }) => Subject)).toEqual(['Call', 'Call']);
  });

  it.each([
    ['Task', {}, ['Subject']],
    ['Case', { Subject: '' }, ['Subject']],
    ['Event', { Subject: null }, ['Subject', 'StartDateTime', 'DurationInMinutes']],
    ['Event', { Subject: 'a', DurationInMinutes: 5 }, ['StartDateTime']],
    ['Event', { Subject: 'a', StartDateTime: '2026-01-05T09:00:00Z' }, ['DurationInMinutes']],
  ])('need their fields: a %s of %j lacks some', async (type, fields, missing) => {
    expect(await upsert(fields, 'k1', type)).toEqual(
      error(400, 'REQUIRED_FIELD_MISSING', { fields: missing }),
    );
    expect(local.crm.objects()).toEqual([]);
  });

  it.each([{ DurationInMinutes: 30 }, { EndDateTime: '2026-01-05T10:00:00Z' }])(
    'are events with %j',
    async (length) => {
      const fields = { Subject: 'Review', StartDateTime: '2026-01-05T09:00:00Z', ...length };
      expect((await upsert(fields, 'k1', 'Event')).status).toBe(201);
    },
  );

  it.each([
    [{ Subject: 'a', Nickname: 'b' }, 'INVALID_FIELD'],
    [{ Subject: 'a', Id: UNKNOWN_ID }, 'INVALID_FIELD'],
    [{ Subject: 'a', CcNativeKey__c: 'k1' }, 'INVALID_FIELD'],
    [{ Subject: 'a', WhatId: UNKNOWN_ID }, 'INVALID_CROSS_REFERENCE_KEY'],
    [[], 'JSON_PARSER_ERROR'],
    [null, 'JSON_PARSER_ERROR'],
    ['text', 'JSON_PARSER_ERROR'],
  ])('are not made of %j', async (fields, code) => {
    expect(await upsert(fields)).toMatchObject(error(400, code));
    expect(local.crm.objects()).toEqual([]);
  });

  it('are not made of what is no JSON', async () => {
    const body = await local.ask(
      'PATCH',
      `${BASE}/Task/CcNativeKey__c/k1`,
      '{"Subject":',
      await local.newToken(),
    );
    expect(body).toEqual(error(400, 'JSON_PARSER_ERROR'));
  });

  it('are found by id until they are deleted', async () => {
    const id = idOf(await upsert({ Subject: 'Call' }));
    const path = `${BASE}/Task/${id}`;
    expect(await local.asked('GET', path)).toEqual({
      status: 200,
      body: { attributes: { type: 'Task', url: path }, Id: id, Subject: 'Call', CcNativeKey__c: 'k1' },
    });
    expect(await local.asked('DELETE', path)).toEqual({ status: 204, body: undefined });
    expect(await local.asked('DELETE', path)).toEqual(error(404, 'ENTITY_IS_DELETED'));
    expect(await local.asked('GET', path)).toEqual(error(404, 'ENTITY_IS_DELETED'));
  });

  it('are made anew under the external id of a deleted one', async () => {
    const id = idOf(await upsert({ Subject: 'Call' }));
    await local.asked('DELETE', `${BASE}/Task/${id}`);
    const again = await upsert({ Subject: 'Call' });
    expect(again.status).toBe(201);
    expect(idOf(again)).not.toBe(id);
  });

  it('are not found under another type', async () => {
    const id = idOf(await upsert({ Subject: 'Call' }));
    expect(await local.asked('DELETE', `${BASE}/Case/${id}`)).toEqual(error(404, 'NOT_FOUND'));
    expect(local.crm.objects()).toHaveLength(1);
  });

  it('have the external id field that they are started with', async () => {
    await local.restart({ externalIdField: 'Other__c' });
    expect((await upsert({ Subject: 'Call' })).status).toBe(404);
    expect((await local.asked('PATCH', `${BASE}/Task/Other__c/k1`, { Subject: 'Call' })).status).toBe(201);
  });
});
