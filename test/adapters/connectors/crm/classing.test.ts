import { describe, expect, it } from '@jest/globals';
import { about, CREDENTIALS, create, final, KEY, passing, salesforceError, taskCall, useRig } from './rig.ts';

const rig = useRig();

const answered = (status: number, body: unknown) => {
  rig.crm.faults.push({ match: about('PATCH'), status, body });
  return rig.connector.execute(taskCall());
};

describe('what an answer of Salesforce means', () => {
  it.each([
    [400, 'REQUIRED_FIELD_MISSING', final('VALIDATION', 'REQUIRED_FIELD_MISSING')],
    [400, 'FIELD_CUSTOM_VALIDATION_EXCEPTION', final('VALIDATION', 'FIELD_CUSTOM_VALIDATION_EXCEPTION')],
    [400, 'UNABLE_TO_LOCK_ROW', passing('DOWNSTREAM', 'UNABLE_TO_LOCK_ROW')],
    [403, 'REQUEST_LIMIT_EXCEEDED', passing('RATE_LIMIT', 'REQUEST_LIMIT_EXCEEDED')],
    [403, 'INSUFFICIENT_ACCESS_OR_READONLY', final('AUTH', 'INSUFFICIENT_ACCESS_OR_READONLY')],
    [404, 'NOT_FOUND', final('VALIDATION', 'NOT_FOUND')],
    [405, 'METHOD_NOT_ALLOWED', final('VALIDATION', 'METHOD_NOT_ALLOWED')],
    [409, 'UNABLE_TO_LOCK_ROW', passing('DOWNSTREAM', 'UNABLE_TO_LOCK_ROW')],
    [423, 'UNABLE_TO_LOCK_ROW', passing('DOWNSTREAM', 'UNABLE_TO_LOCK_ROW')],
    [429, 'REQUEST_LIMIT_EXCEEDED', passing('RATE_LIMIT', 'REQUEST_LIMIT_EXCEEDED')],
    [500, 'UNKNOWN_EXCEPTION', passing('DOWNSTREAM', 'UNKNOWN_EXCEPTION', 'UNKNOWN')],
    [502, 'BAD_GATEWAY', passing('DOWNSTREAM', 'BAD_GATEWAY', 'UNKNOWN')],
    [503, 'SERVER_UNAVAILABLE', passing('DOWNSTREAM', 'SERVER_UNAVAILABLE')],
  ])('classes %i %s', async (status, code, failure) => {
    expect(await answered(status, salesforceError(code))).toMatchObject(failure);
  });

  it.each([
    [302, final('VALIDATION', 'HTTP_302')],
    [400, final('VALIDATION', 'HTTP_400')],
    [403, final('AUTH', 'HTTP_403')],
    [429, passing('RATE_LIMIT', 'HTTP_429')],
    [503, passing('DOWNSTREAM', 'HTTP_503')],
    [504, passing('DOWNSTREAM', 'HTTP_504', 'UNKNOWN')],
  ])('classes %i by its status alone when the body makes no sense', async (status, failure) => {
    expect(await answered(status, '<html>')).toMatchObject(failure);
  });

  it.each([[[]], [{}], [[null]], [[{ errorCode: 7, fields: 'Subject' }]], [[{ errorCode: 'not a code' }]]])(
    'does without a code when the body is %j',
    async (body) => {
      expect(await answered(400, body)).toMatchObject(final('VALIDATION', 'HTTP_400'));
    },
  );

  it('does not look into the text of an error', async () => {
    const body = [{ message: 'REQUEST_LIMIT_EXCEEDED UNABLE_TO_LOCK_ROW', errorCode: 'MALFORMED_ID' }];
    expect(await answered(400, body)).toMatchObject(final('VALIDATION', 'MALFORMED_ID'));
  });

  it('names the fields that Salesforce names, and nothing of its text', async () => {
    const fields = ['Subject', 'Region__c', CREDENTIALS.client_secret];
    expect(await answered(400, salesforceError('REQUIRED_FIELD_MISSING', ...fields))).toMatchObject({
      error_message: 'the CRM answered 400 REQUIRED_FIELD_MISSING (Subject, Region__c)',
    });
  });

  it('takes an external id that two objects have for a mistake that a person has to mend', async () => {
    for (const Subject of ['Call', 'Call again'])
      await create(rig.crm, 'Task', { Subject, CcNativeKey__c: KEY });
    expect(await rig.connector.execute(taskCall())).toMatchObject({
      ...final('VALIDATION', 'DUPLICATE_EXTERNAL_ID'),
      external_object_refs: [],
    });
    expect(rig.crm.objects()).toHaveLength(2);
  });

  it('does not repeat for ever what Salesforce takes for a duplicate', async () => {
    const match = about('PATCH');
    const duplicate = { match, status: 400, body: salesforceError('DUPLICATE_VALUE') };
    rig.crm.faults.push(duplicate, duplicate);
    expect(await rig.connector.execute(taskCall())).toMatchObject(final('VALIDATION', 'DUPLICATE_VALUE'));
    expect(rig.crm.requests.filter(match)).toHaveLength(2);
  });
});

describe('a success that is none', () => {
  const ID = '00T000000000000001';

  it.each([200, 201])('is a failure with the code that came with it: %i', async (status) => {
    const errors = [{ statusCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', message: '', fields: ['Subject'] }];
    expect(await answered(status, { id: ID, success: false, errors })).toMatchObject({
      ...final('DOWNSTREAM', 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY'),
      error_message: 'the CRM refused the object with CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY (Subject)',
      external_object_refs: [],
    });
  });

  it.each([
    [200, { success: true, created: false, errors: [] }],
    [201, { id: '', success: true, errors: [] }],
    [201, { id: 'not an id', success: true, errors: [] }],
    [201, { id: 7, success: true }],
    [201, { id: ID, success: 'true' }],
    [201, { id: ID }],
    [201, { id: ID, success: false, errors: [] }],
    [201, { id: ID, success: false }],
    [201, '<html>'],
    [200, ''],
    [200, null],
    [204, undefined],
    [202, { id: ID, success: true, errors: [] }],
  ])('leaves open what was done when it is %i %j', async (status, body) => {
    expect(await answered(status, body)).toMatchObject({
      ...passing('DOWNSTREAM', 'INVALID_CONNECTOR_RESPONSE', 'UNKNOWN'),
      ...{ external_object_refs: [], tool_run_ref: `crm/${KEY}` },
    });
  });
});
