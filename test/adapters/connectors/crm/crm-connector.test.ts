import { describe, expect, it } from '@jest/globals';
import { createCrmConnector } from '../../../../src/adapters/connectors/crm/crm-connector.ts';
import { findTool, toolAnswer } from '../../../../src/contracts/tools.ts';
import { SCOPE } from '../../../support/intents.ts';
import { START } from '../../../support/plan-fixtures.ts';
import { settableClock } from '../../../support/settable-clock.ts';
import { about, call, caseCall, KEY, knownSecrets, taskCall, tokensAsked, useRig } from './rig.ts';

const rig = useRig();

const DAY_AFTER = new Date(Date.parse(START) + 86_400_000).toISOString();

describe('the CRM connector', () => {
  it.each([
    [
      'create_event',
      { subject: 'Review', description: 'All of it', start_at: '2026-02-01T10:00:00Z', duration_minutes: 45 },
      'Event',
      {
        ...{ Subject: 'Review', Description: 'All of it' },
        ...{ StartDateTime: '2026-02-01T10:00:00Z', DurationInMinutes: 45 },
      },
    ],
    [
      'create_event',
      { subject: 'Review' },
      'Event',
      { Subject: 'Review', StartDateTime: DAY_AFTER, DurationInMinutes: 30 },
    ],
    [
      'create_case',
      { subject: 'Down', description: 'Since noon', priority: 'High' },
      'Case',
      { Subject: 'Down', Description: 'Since noon', Priority: 'High' },
    ],
    [
      'create_task',
      { title: 'Call', description: 'Today', priority: 'Normal' },
      'Task',
      { Subject: 'Call', Description: 'Today', Priority: 'Normal' },
    ],
  ])('carries out %s and names what it made', async (action, args, type, fields) => {
    const answer = await rig.connector.execute(call(action, args));
    const [made] = rig.crm.objects();
    expect(rig.crm.objects()).toEqual([{ type, Id: expect.any(String), CcNativeKey__c: KEY, ...fields }]);
    expect(answer).toEqual({
      ...{ success: true, tenant_id: SCOPE.tenant_id, tool_run_ref: `crm/${KEY}` },
      external_object_refs: [
        {
          ...{ system: 'CRM', object_type: type, object_id: made?.Id },
          object_url: `${rig.crm.url}/${made?.Id}`,
        },
      ],
    });
  });

  it('makes a task that follows a case up, and names the case first', async () => {
    const answer = await rig.connector.execute(caseCall());
    const [made, task] = rig.crm.objects();
    expect(task).toEqual({
      ...{ type: 'Task', Id: expect.any(String), CcNativeKey__c: `${KEY}-follow-up` },
      ...{ Subject: 'Ask again', WhatId: made?.Id },
    });
    expect(answer.external_object_refs.map(({ object_id }) => object_id)).toEqual([made?.Id, task?.Id]);
  });

  it.each([
    ['create_event', { subject: 'Review' }],
    ['create_case', { subject: 'Down', follow_up_subject: 'Ask again' }],
    ['create_task', { title: 'Call' }],
  ])('answers %s as the contract of the tools has it', async (action, args) => {
    const asked = call(action, args);
    const { tool_name: _name, arguments: own, ...envelope } = asked;
    expect(findTool(asked.tool_name)?.arguments.safeParse({ ...envelope, ...own }).success).toBe(true);
    expect(toolAnswer.safeParse(await rig.connector.execute(asked)).success).toBe(true);
  });

  it('gives the same answer to a repeated call, and makes no second object', async () => {
    const first = await rig.connector.execute(caseCall());
    expect(await rig.connector.execute(caseCall())).toEqual(first);
    expect(rig.crm.objects()).toHaveLength(2);
  });

  it('makes one object however many ask at once under the same key, with one token', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => rig.connector.execute(taskCall())));
    expect(rig.crm.objects()).toHaveLength(1);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ success: true });
    expect(tokensAsked(rig.crm)).toBe(1);
  });

  it('asks again when another writer has just made the object', async () => {
    rig.crm.faults.push({
      match: about('PATCH'),
      status: 400,
      body: [{ message: 'duplicate value found', errorCode: 'DUPLICATE_VALUE', fields: [] }],
    });
    expect(await rig.connector.execute(taskCall())).toMatchObject({ success: true });
  });

  it('keeps keys with special characters apart', async () => {
    const keys = ['a/b', 'a b', 'a%2Fb', 'ä#?&', 'a'];
    for (const idempotency_key of keys) await rig.connector.execute(taskCall({ idempotency_key }));
    expect(rig.crm.objects().map((row) => row.CcNativeKey__c)).toEqual(keys);
  });

  it('uses the version of the API and the field that are configured', async () => {
    const connector = rig.connectorOf({ config: { api_version: 'v61.0', external_id_field: 'Other__c' } });
    expect(await connector.execute(taskCall())).toMatchObject({ error_code: 'NOT_FOUND' });
    expect(rig.crm.requests.at(-1)).toEqual({
      ...{ method: 'PATCH', path: `/services/data/v61.0/sobjects/Task/Other__c/${KEY}` },
    });
  });

  it('says so when it has no such tool, and asks nobody', async () => {
    expect(await rig.connector.execute(call('delete_all', {}))).toMatchObject({
      ...{ success: false, error_class: 'VALIDATION', error_code: 'TOOL_NOT_FOUND' },
      ...{ transient: false, effect: 'NONE', external_object_refs: [] },
    });
    expect(rig.crm.requests).toEqual([]);
  });

  it('asks for the configuration of the account that the call is for', async () => {
    const asked: unknown[] = [];
    const connector = createCrmConnector({
      configs: { get: async (...of) => void asked.push(of) },
      ...{ secrets: knownSecrets(), clock: settableClock() },
    });
    await connector.validate(taskCall());
    expect(asked).toEqual([[SCOPE, 'crm']]);
  });
});
