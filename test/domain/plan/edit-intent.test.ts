import { describe, expect, it } from '@jest/globals';
import { actionIntentId } from '../../../src/domain/intent/action-intent.ts';
import { MAX_EDIT_BYTES } from '../../../src/domain/intent/edit-parameters.ts';
import { intentContentHash } from '../../../src/domain/intent/intent-content.ts';
import { append } from '../../../src/domain/ledger/plan-ledger.ts';
import { ledgerViolations } from '../../../src/domain/ledger/violations.ts';
import { decide } from '../../../src/domain/plan/decide.ts';
import { effectsOf } from '../../../src/domain/plan/effects.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import {
  ana,
  approveIntent,
  at,
  ben,
  blockApproval,
  editIntent,
  expireApproval,
  fail,
  inShort,
  MAPPING,
  minute,
  newestIntent,
  newStep,
  planIn,
  requireApproval,
  type Story,
  start,
  stepOf,
  story,
  type Told,
  then,
  toStatus,
  WEEK_MINUTES,
} from '../../support/plan-fixtures.ts';

const carla = { kind: 'human', id: 'carla' } as const;
const meeting = newStep('s1', {
  action_type: 'REQUEST_RENEWAL_MEETING',
  constraints: { content: 'Draft', tone: 'warm' },
});
const dispatched = story([...toStatus('ACTIVE', { steps: [meeting] }), start('s1', 3)]);
const waiting = story([requireApproval('s1', 4)], dispatched);
const intentId = (revision: number) => actionIntentId('p1', 's1', 1, revision);
const effectsAt = ({ plan }: Story, [command, context]: Told) => {
  const { events } = decide(plan, command, context);
  return effectsOf(plan, append(plan, events).plan, events);
};
const flight = (plan: Plan) => stepOf(plan, 's1').in_flight;
const hashOf = (of: Story) => intentContentHash(newestIntent(of, 's1') as never);
const edited = story([editIntent(waiting, 's1', 10)], waiting);

describe('an edit', () => {
  it('puts another intent in flight, which waits for a person until the first would have lapsed', () => {
    expect(flight(edited.plan)).toEqual({
      ...flight(waiting.plan),
      action_intent_id: intentId(1),
      approval: { result: 'REQUIRED', reason: 'TENANT_POLICY', explanation: 'ben has changed content' },
      edited_by: ['ben'],
    });
    expect(stepOf(edited.plan, 's1')).toMatchObject({ last_attempt: 1, last_revision: 1 });
    const lapse = expireApproval('s1', 3 + WEEK_MINUTES);
    expect(inShort(decide(edited.plan, ...lapse))).toBe('STEP_FAILED PLAN_PAUSED');
  });

  it('is in the ledger with what each field was and is, and with the hash of what is to be approved now', () => {
    expect(edited.entries.at(-1)).toMatchObject({
      ...{ event_type: 'STEP_INTENT_EDITED', actor: ben },
      data: {
        ...{ plan_id: 'p1', step_id: 's1', attempt: 1, revision: 1, registry_version: 1 },
        ...{ action_intent_id: intentId(1), supersedes: intentId(0), content_hash: hashOf(edited) },
        parameters: { content: 'Better', tone: 'warm' },
        edited_fields: [{ field: 'content', from: 'Draft', to: 'Better' }],
      },
    });
    expect(ledgerViolations(edited.entries)).toEqual([]);
  });

  it('keeps the reason that its author gave', () => {
    const [command, context] = editIntent(waiting, 's1', 10, { reason: 'typo' });
    expect(decide(waiting.plan, command, context).events).toMatchObject([{ data: { reason: 'typo' } }]);
  });

  it('makes the new intent, closes the old one, and names the new one in the attempt', () => {
    const [made, closed, ...rest] = effectsAt(waiting, editIntent(waiting, 's1', 10));
    const old = newestIntent(waiting, 's1');
    expect(made).toEqual({
      kind: 'REVISE_ATTEMPT',
      intent: {
        ...old,
        ...{ action_intent_id: intentId(1), supersedes: intentId(0), revision: 1, edited_by: 'ben' },
        ...{ created_at: minute(10), expires_at: minute(3 + WEEK_MINUTES) },
        expires_at_epoch: Date.parse(minute(3 + WEEK_MINUTES)) / 1000,
        parameters: { content: 'Better', tone: 'warm' },
        edited_fields: [{ field: 'content', from: 'Draft', to: 'Better' }],
      },
    });
    expect(closed).toEqual({
      ...{ kind: 'CLOSE_INTENT', action_intent_id: intentId(0) },
      ...{ status: 'SUPERSEDED', only_if_unstarted: false },
    });
    expect(rest).toEqual([]);
  });

  it('replaces values as a whole, adds and removes', () => {
    const tone = { formal: true };
    const parameters = { content: null, tone };
    const twice = story([editIntent(edited, 's1', 11, { parameters, by: carla })], edited);
    expect(twice.entries.at(-1)?.data).toMatchObject({
      ...{ revision: 2, supersedes: intentId(1), parameters: { tone } },
      edited_fields: [
        { field: 'content', from: 'Better' },
        { field: 'tone', from: 'warm', to: tone },
      ],
      explanation: 'carla has changed content, tone',
    });
    expect(flight(twice.plan)?.edited_by).toEqual(['ben', 'carla']);
    const back = { parameters: { content: 'Draft' }, by: carla };
    const thrice = story([editIntent(twice, 's1', 12, back)], twice);
    expect(thrice.entries.at(-1)?.data).toMatchObject({ edited_fields: [{ field: 'content', to: 'Draft' }] });
    expect(flight(thrice.plan)?.edited_by).toEqual(['ben', 'carla']);
    expect(new Set([0, 1, 2, 3].map(intentId)).size).toBe(4);
  });

  it('that changes nothing, such as the second of two clicks, changes nothing', () => {
    const again = editIntent(edited, 's1', 11, { shown: hashOf(waiting), content_hash: hashOf(edited) });
    expect(decide(edited.plan, ...again)).toEqual({ ok: true, events: [] });
  });

  it('is forgotten with the next attempt', () => {
    const approved = story(
      [approveIntent('s1', 12), fail('s1', 13), start('s1', 20, 1)].map(asCarla),
      edited,
    );
    expect(flight(approved.plan)).toMatchObject({ action_intent_id: actionIntentId('p1', 's1', 2) });
    expect(flight(approved.plan)).not.toHaveProperty('edited_by');
    expect(stepOf(approved.plan, 's1')).not.toHaveProperty('last_revision');
  });

  it.each<[string, Told, string]>([
    [
      'of a parameter that the action does not know',
      editIntent(waiting, 's1', 10, { parameters: { colour: 'red', content: 'x' } }),
      'REQUEST_RENEWAL_MEETING does not know colour; it knows content, tone',
    ],
    [
      'that removes a parameter that nobody knows',
      editIntent(waiting, 's1', 10, { parameters: { colour: null } }),
      'REQUEST_RENEWAL_MEETING does not know colour; it knows content, tone',
    ],
    [
      'of an action type whose version is not there',
      editIntent(waiting, 's1', 10, { mapping: {} }),
      'REQUEST_RENEWAL_MEETING does not know content; it knows nothing',
    ],
    [
      'that removes what the action needs',
      editIntent(waiting, 's1', 10, {
        parameters: { content: null },
        mapping: { ...MAPPING, content: { toolParam: 'c', transform: 'PASSTHROUGH', required: true } },
      }),
      'REQUEST_RENEWAL_MEETING needs content',
    ],
    [
      'that is too long',
      editIntent(waiting, 's1', 10, { parameters: { content: 'x'.repeat(MAX_EDIT_BYTES) } }),
      expect.stringMatching(/^the edit takes \d+ bytes, more than 204800$/) as never,
    ],
  ])('%s is refused', (_what, [command, context], message) => {
    expect(decide(waiting.plan, command, context)).toMatchObject({ code: 'INVALID_PARAMETERS', message });
  });

  it('may remove a parameter of which nothing is made', () => {
    const { content } = MAPPING;
    const told = editIntent(waiting, 's1', 10, {
      parameters: { tone: null },
      mapping: { content } as typeof MAPPING,
    });
    expect(inShort(decide(waiting.plan, ...told))).toBe('STEP_INTENT_EDITED');
  });

  it.each<[string, Plan, Told, string]>([
    [
      'is blocked',
      then(dispatched.plan, blockApproval('s1', 4)),
      editIntent(waiting, 's1', 5),
      'APPROVAL_BLOCKED',
    ],
    ['has lapsed', waiting.plan, editIntent(waiting, 's1', 3 + WEEK_MINUTES), 'PLAN_EXPIRED'],
    ['has no intent', waiting.plan, editIntent(planIn('ACTIVE'), 's1', 10), 'NOT_WAITING_FOR_APPROVAL'],
    [
      'is not what was shown',
      waiting.plan,
      editIntent(waiting, 's1', 10, { shown: 'old', content_hash: 'new' }),
      'CONTENT_CHANGED',
    ],
  ])('is refused while the attempt %s', (_how, plan, [command, context], code) => {
    expect(inShort(decide(plan, command, context))).toBe(code);
  });
});

/** The same command, by somebody who has edited nothing. */
function asCarla([command, context]: Told): Told {
  return [command, context.actor.id === 'ben' ? { ...context, actor: carla } : context];
}

describe('the approval of an edit', () => {
  const [approve, atEleven] = approveIntent('s1', 11);

  it('is not given by whoever edited it, nor by whoever created the plan', () => {
    expect(decide(edited.plan, approve, atEleven)).toMatchObject({
      code: 'SELF_APPROVAL',
      message: 'step s1 of plan p1 was edited by ben, who cannot approve it',
    });
    expect(inShort(decide(edited.plan, approve, at(11, ana)))).toBe('SELF_APPROVAL');
    expect(inShort(decide(edited.plan, approve, at(11, carla)))).toBe('STEP_APPROVED');
  });

  it('is for the intent that the edit made', () => {
    expect(effectsAt(edited, [approve, at(11, carla)])).toMatchObject([
      { kind: 'APPROVE_INTENT', action_intent_id: intentId(1), approved_by: 'carla' },
    ]);
  });

  it('in the same act is written with it, once', () => {
    const told = editIntent(waiting, 's1', 10, { approve: true });
    const both = story([told], waiting);
    expect(both.entries.slice(-2)).toMatchObject([
      { event_type: 'STEP_INTENT_EDITED', data: { content_hash: hashOf(both) } },
      {
        event_type: 'STEP_APPROVED',
        data: { source: 'HUMAN', action_intent_id: intentId(1), content_hash: hashOf(both) },
      },
    ]);
    const [made, closed, ...rest] = effectsAt(waiting, told);
    expect(made).toMatchObject({
      kind: 'REVISE_ATTEMPT',
      intent: {
        ...{ status: 'APPROVED', approved_by: 'ben', approval_source: 'HUMAN' },
        approval_timestamp: minute(10),
      },
    });
    expect({ closed, rest }).toMatchObject({ closed: { status: 'SUPERSEDED' }, rest: [] });
    expect(flight(both.plan)).toMatchObject({ approval: { result: 'GIVEN', by: 'ben' } });
    expect(ledgerViolations(both.entries)).toEqual([]);
  });

  it('in the same act is repeated without effect, by whoever gave it', () => {
    const both = story([editIntent(waiting, 's1', 10, { approve: true })], waiting);
    const again = editIntent(both, 's1', 11, { approve: true, shown: hashOf(waiting) });
    expect(decide(both.plan, ...again)).toEqual({ ok: true, events: [] });
    expect(decide(both.plan, again[0], at(11, carla))).toMatchObject({
      code: 'NOT_WAITING_FOR_APPROVAL',
      message: 'attempt 1 of step s1 of plan p1 is not waiting for an approval: ben has approved it',
    });
  });

  it('in the same act is only that when nothing was edited after all', () => {
    const told = editIntent(waiting, 's1', 10, { approve: true, parameters: { content: 'Draft' } });
    expect(inShort(decide(waiting.plan, ...told))).toBe('STEP_APPROVED');
  });

  it.each([
    ['the creator of the plan', ana, waiting],
    ['whoever has handed in an edit before', ben, edited],
  ])('in the same act is refused to %s', (_who, by, of) => {
    const told = editIntent(of, 's1', 12, { approve: true, by, parameters: { content: 'Best' } });
    expect(inShort(decide(of.plan, ...told))).toBe('SELF_APPROVAL');
    const [command, context] = editIntent(of, 's1', 12, { by, parameters: { content: 'Best' } });
    expect(inShort(decide(of.plan, command, context))).toBe('STEP_INTENT_EDITED');
  });
});
