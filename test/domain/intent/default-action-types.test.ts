import { describe, expect, it } from '@jest/globals';
import { findTool } from '../../../src/contracts/tools.ts';
import { actionTypeEntry } from '../../../src/domain/intent/action-type-registry.ts';
import { DEFAULT_ACTION_TYPES } from '../../../src/domain/intent/default-action-types.ts';
import { mapArguments } from '../../../src/domain/intent/map-arguments.ts';
import { getPlanTypeConfig, planTypes } from '../../../src/domain/plan/plan-type-config.ts';
import { START } from '../../support/plan-fixtures.ts';

const entryOf = (actionType: string) => {
  const entry = DEFAULT_ACTION_TYPES.find(({ action_type }) => action_type === actionType);
  if (!entry) throw new Error(`no default for ${actionType}`);
  return entry;
};
const map = (actionType: string, parameters: Record<string, unknown> = {}) =>
  mapArguments(entryOf(actionType), parameters);
const EVERY_DEFAULT = DEFAULT_ACTION_TYPES.map((entry) => [entry.action_type, entry] as const);
const ENVELOPE = { tenant_id: 'acme', account_id: 'a1', action_intent_id: 'i1', idempotency_key: 'k1' };
const SAID: Readonly<Record<string, Record<string, unknown>>> = {
  CREATE_INTERNAL_NOTE: { content: 'C' },
  CREATE_INTERNAL_TASK: { title: 'T', description: 'D' },
  CREATE_CRM_TASK: { title: 'T', priority: 'Low', description: 'D' },
};

describe('the default action types', () => {
  it('are one entry for each type, each of the shape that the registry keeps', () => {
    const types = DEFAULT_ACTION_TYPES.map(({ action_type }) => action_type);
    expect(new Set(types).size).toBe(types.length);
    for (const entry of DEFAULT_ACTION_TYPES) {
      const version = { ...entry, registry_version: 1, created_at: START };
      expect(actionTypeEntry.parse(version)).toEqual(version);
    }
  });

  it('cover every step of every plan type', () => {
    const steps = planTypes().flatMap((type) => getPlanTypeConfig(type)?.allowed_step_action_types ?? []);
    expect(steps.map(entryOf)).toHaveLength(steps.length);
  });

  it.each(EVERY_DEFAULT)('give %s a tool that takes what they map', (type, { tool_name }) => {
    const mapped = map(type, SAID[type] ?? {});
    if (!mapped.ok) throw new Error(`missing: ${mapped.missing}`);
    expect(
      findTool(tool_name)?.arguments.safeParse({ ...ENVELOPE, ...mapped.arguments }).error,
    ).toBeUndefined();
  });

  it.each([
    ['REQUEST_RENEWAL_MEETING', 'HIGH', 'AUTOMATIC', ['salesforce_api']],
    ['PREP_RENEWAL_BRIEF', 'LOW', 'AUTOMATIC', []],
    ['ESCALATE_SUPPORT_RISK', 'MEDIUM', 'AUTOMATIC', ['salesforce_api']],
    ['CREATE_INTERNAL_NOTE', 'MINIMAL', 'AUTOMATIC', []],
    ['CREATE_INTERNAL_TASK', 'MINIMAL', 'AUTOMATIC', []],
    ['CREATE_CRM_TASK', 'LOW', 'MANUAL', ['salesforce_api']],
  ])('say of %s how risky it is, how it is undone and what it needs', (type, risk, compensation, scopes) => {
    expect(entryOf(type)).toMatchObject({
      ...{ risk_class: risk, compensation_strategy: compensation, required_scopes: scopes },
      tool_schema_version: 'v1.0',
    });
  });

  it.each([
    ['REQUEST_RENEWAL_MEETING', { subject: 'Renewal meeting', duration_minutes: 30 }],
    ['PREP_RENEWAL_BRIEF', { content: 'Prepare the renewal brief' }],
    ['ESCALATE_SUPPORT_RISK', { subject: 'Support risk escalated', priority: 'High' }],
  ])('let %s stand without a word from the plan', (type, expected) => {
    expect(map(type)).toEqual({ ok: true, arguments: expected });
  });

  it.each([
    ['CREATE_INTERNAL_NOTE', 'content'],
    ['CREATE_INTERNAL_TASK', 'title'],
    ['CREATE_CRM_TASK', 'title'],
  ])('do not let %s stand without its %s', (type, parameter) => {
    expect(map(type)).toEqual({ ok: false, missing: [parameter] });
  });
});
