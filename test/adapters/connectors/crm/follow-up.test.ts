import { describe, expect, it } from '@jest/globals';
import { about, caseCall, salesforceError, useRig } from './rig.ts';

const rig = useRig();

const task = about('PATCH', 'Task');
const caseRef = () => {
  const Id = rig.crm.objects().find(({ type }) => type === 'Case')?.Id;
  return { system: 'CRM', object_type: 'Case', object_id: Id, object_url: `${rig.crm.url}/${Id}` };
};

describe('a case whose follow-up cannot be made', () => {
  it('is named when the follow-up has failed for good', async () => {
    const body = salesforceError('FIELD_CUSTOM_VALIDATION_EXCEPTION');
    rig.crm.faults.push({ match: task, status: 400, body });
    expect(await rig.connector.execute(caseCall())).toMatchObject({
      ...{ success: false, error_class: 'VALIDATION', error_code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION' },
      ...{ transient: false, effect: 'PARTIAL', external_object_refs: [caseRef()] },
    });
  });

  it('is named when the token is refused for good in between', async () => {
    const refused = { match: task, status: 401, body: salesforceError('INVALID_SESSION_ID') };
    rig.crm.faults.push(refused, refused);
    expect(await rig.connector.execute(caseCall())).toMatchObject({
      ...{ error_code: 'SALESFORCE_AUTH_FAILED', effect: 'PARTIAL', external_object_refs: [caseRef()] },
    });
  });

  it.each([
    [503, 'SERVER_UNAVAILABLE', 'DOWNSTREAM'],
    [500, 'UNKNOWN_EXCEPTION', 'DOWNSTREAM'],
    [403, 'REQUEST_LIMIT_EXCEEDED', 'RATE_LIMIT'],
    [423, 'UNABLE_TO_LOCK_ROW', 'DOWNSTREAM'],
  ])('is left for the next try when that is likely to help: %i %s', async (status, code, error_class) => {
    rig.crm.faults.push({ match: task, status, body: salesforceError(code) });
    expect(await rig.connector.execute(caseCall())).toMatchObject({
      ...{ success: false, error_class, error_code: code, transient: true, effect: 'UNKNOWN' },
      external_object_refs: [],
    });
    expect(await rig.connector.execute(caseCall())).toMatchObject({ success: true });
    expect(rig.crm.objects()).toHaveLength(2);
  });

  it('gets no follow-up when the case itself cannot be made', async () => {
    const body = salesforceError('REQUIRED_FIELD_MISSING');
    rig.crm.faults.push({ match: about('PATCH', 'Case'), status: 400, body });
    expect(await rig.connector.execute(caseCall())).toMatchObject({
      ...{ success: false, transient: false, effect: 'NONE', external_object_refs: [] },
    });
    expect(rig.crm.objects()).toEqual([]);
  });

  it('gets its follow-up under a token renewed in between', async () => {
    rig.crm.faults.push({ match: task, status: 401, body: salesforceError('INVALID_SESSION_ID') });
    expect(await rig.connector.execute(caseCall())).toMatchObject({ success: true });
    expect(rig.crm.objects()).toHaveLength(2);
  });
});
