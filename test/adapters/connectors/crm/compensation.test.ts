import { describe, expect, it } from '@jest/globals';
import { toolAnswer } from '../../../../src/contracts/tools.ts';
import { SCOPE } from '../../../support/intents.ts';
import { about, caseCall, KEY, salesforceError, undo, useRig } from './rig.ts';

const rig = useRig();

const made = async () => (await rig.connector.execute(caseCall())).external_object_refs;
const deletions = () => rig.crm.requests.filter(about('DELETE')).map(({ path }) => path.split('/').at(-2));

describe('undoing what the CRM connector did', () => {
  it('deletes what the refs name, last made first, and names it', async () => {
    const refs = await made();
    const answer = await rig.connector.compensate(undo(refs));
    expect(answer).toEqual({
      ...{ success: true, tenant_id: SCOPE.tenant_id, tool_run_ref: `crm/${KEY}` },
      external_object_refs: refs,
    });
    expect(toolAnswer.safeParse(answer).success).toBe(true);
    expect(deletions()).toEqual(['Task', 'Case']);
    expect(rig.crm.objects()).toEqual([]);
  });

  it('gives the same answer the second time', async () => {
    const refs = await made();
    const first = await rig.connector.compensate(undo(refs));
    expect(await rig.connector.compensate(undo(refs))).toEqual(first);
    expect(deletions()).toHaveLength(4);
  });

  it('counts what was never there as undone', async () => {
    const ref = { system: 'CRM', object_type: 'Event', object_id: '00U000000000000009' } as const;
    expect(await rig.connector.compensate(undo([ref]))).toMatchObject({ success: true });
  });

  it('lets the action be carried out again, with objects of its own', async () => {
    const refs = await made();
    await rig.connector.compensate(undo(refs));
    expect(await made()).not.toEqual(refs);
    expect(rig.crm.objects()).toHaveLength(2);
  });

  it('converges when the connection is cut after the deletion', async () => {
    const refs = await made();
    rig.crm.faults.push({ match: about('DELETE', 'Case'), dropConnection: 'after' });
    expect(await rig.connector.compensate(undo(refs))).toMatchObject({
      ...{ success: false, error_code: 'TIMEOUT', transient: true, effect: 'UNKNOWN' },
      external_object_refs: refs.slice(0, 1),
    });
    expect(await rig.connector.compensate(undo(refs))).toMatchObject({ success: true });
  });

  it.each([
    ['Task', 403, 'INSUFFICIENT_ACCESS_OR_READONLY', { transient: false, effect: 'NONE' }, 2],
    ['Case', 403, 'INSUFFICIENT_ACCESS_OR_READONLY', { transient: false, effect: 'PARTIAL' }, 1],
    ['Task', 423, 'UNABLE_TO_LOCK_ROW', { transient: true, effect: 'NONE' }, 2],
    ['Case', 423, 'UNABLE_TO_LOCK_ROW', { transient: true, effect: 'UNKNOWN' }, 1],
    ['Case', 404, 'METHOD_UNKNOWN', { transient: false, effect: 'PARTIAL' }, 1],
  ])('names what is still there when the %s meets %i %s', async (type, status, code, failure, left) => {
    const refs = await made();
    rig.crm.faults.push({ match: about('DELETE', type), status, body: salesforceError(code) });
    expect(await rig.connector.compensate(undo(refs))).toMatchObject({
      ...{ success: false, error_code: code, ...failure },
      external_object_refs: refs.slice(0, left),
    });
    expect(rig.crm.objects()).toHaveLength(left);
  });

  it('leaves open what was done after an answer that makes no sense', async () => {
    const refs = await made();
    rig.crm.faults.push({ match: about('DELETE'), status: 200, body: {} });
    expect(await rig.connector.compensate(undo(refs))).toMatchObject({
      ...{ error_code: 'INVALID_CONNECTOR_RESPONSE', transient: true, effect: 'UNKNOWN' },
      external_object_refs: refs,
    });
  });

  it.each([
    { system: 'INTERNAL', object_type: 'Task', object_id: 'n1' } as const,
    { system: 'CRM', object_type: 'Account', object_id: '001000000000000001' } as const,
  ])('touches nothing when it is to delete what it never makes: $system $object_type', async (stranger) => {
    const refs = [...(await made()), stranger];
    expect(await rig.connector.compensate(undo(refs))).toMatchObject({
      ...{ success: false, error_class: 'VALIDATION', error_code: 'UNKNOWN_OBJECT_TYPE' },
      ...{ transient: false, effect: 'NONE', external_object_refs: refs },
    });
    expect(deletions()).toEqual([]);
  });
});
