import { describe, expect, it } from '@jest/globals';
import { getPlanTypeConfig } from '../../../src/domain/plan/plan-type-config.ts';
import { stepOrderReasons, stepsInCycles } from '../../../src/domain/policy/step-order.ts';
import { newStep } from '../../support/plan-fixtures.ts';

const config = getPlanTypeConfig('RENEWAL_DEFENSE');
if (!config) throw new Error('RENEWAL_DEFENSE is gone');

const [MEETING, BRIEF, ESCALATION] = config.default_sequence as [string, string, string];
const step = (step_id: string, action_type: string, sequence?: number) =>
  newStep(step_id, { action_type, ...(sequence !== undefined && { sequence }) });
const depending = (step_id: string, ...dependencies: string[]) => newStep(step_id, { dependencies });
const subjects = (steps: Parameters<typeof stepOrderReasons>[0]) =>
  stepOrderReasons(steps, config).map(({ code, subject }) => `${code} ${subject}`);

describe('the action types of the steps', () => {
  it('may be any that the plan type allows, repeated or left out', () => {
    expect(subjects([step('s1', MEETING), step('s2', BRIEF), step('s3', ESCALATION)])).toEqual([]);
    expect(subjects([step('s1', ESCALATION), step('s2', ESCALATION)])).toEqual([]);
    expect(subjects([])).toEqual([]);
  });

  it('may not be any other, and every offending step is named', () => {
    expect(
      stepOrderReasons([step('s1', 'EXECUTE_CONTRACT'), step('s2', BRIEF), step('s3', 'X')], config),
    ).toEqual([
      {
        code: 'STEP_ORDER_VIOLATION',
        subject: 's1',
        message: 'Disallowed step action_type: EXECUTE_CONTRACT',
      },
      { code: 'STEP_ORDER_VIOLATION', subject: 's3', message: 'Disallowed step action_type: X' },
    ]);
  });
});

describe('the dependencies of the steps', () => {
  it('must be steps of the plan', () => {
    expect(stepOrderReasons([depending('s1', 's9', 's2'), depending('s2')], config)).toEqual([
      { code: 'STEP_ORDER_VIOLATION', subject: 's1', message: 'Depends on s9, which is no step of the plan' },
    ]);
  });

  it.each([
    ['itself', [depending('s1', 's1')], ['s1']],
    ['each other', [depending('s1', 's2'), depending('s2', 's1')], ['s1', 's2']],
    [
      'a ring of three',
      [depending('s1', 's3'), depending('s2', 's1'), depending('s3', 's2')],
      ['s1', 's2', 's3'],
    ],
  ])('must not form a cycle: %s', (_case, steps, cycle) => {
    expect(subjects(steps)).toEqual(cycle.map((id) => `STEP_ORDER_VIOLATION ${id}`));
  });

  it('may meet again: a diamond is no cycle', () => {
    const diamond = [
      depending('top'),
      depending('l', 'top'),
      depending('r', 'top'),
      depending('end', 'l', 'r'),
    ];
    expect(subjects(diamond)).toEqual([]);
  });

  it('may be listed in any order', () => {
    expect(subjects([depending('s3', 's2'), depending('s2', 's1'), depending('s1')])).toEqual([]);
  });

  it('count once: a step that is unknown is no cycle as well', () => {
    expect(stepsInCycles([depending('s1', 's9')])).toEqual([]);
  });

  it('name the steps of a cycle and not those that merely wait for it', () => {
    const steps = [
      depending('before'),
      depending('a', 'b', 'before'),
      depending('b', 'a'),
      depending('behind', 'a'),
    ];
    expect(stepsInCycles(steps)).toEqual(['a', 'b']);
  });
});

describe('the default sequence', () => {
  it('binds the relative order of steps', () => {
    expect(stepOrderReasons([step('brief', BRIEF, 1), step('meet', MEETING, 2)], config)).toEqual([
      {
        code: 'STEP_ORDER_VIOLATION',
        subject: 'meet',
        message: 'REQUEST_RENEWAL_MEETING must not come after PREP_RENEWAL_BRIEF (brief)',
      },
    ]);
  });

  it.each([
    ['whatever the numbers are', [step('s1', MEETING, -5), step('s2', ESCALATION, 70)]],
    [
      'however often a type is repeated',
      [step('s1', BRIEF, 1), step('s2', BRIEF, 2), step('s3', ESCALATION, 3)],
    ],
    ['and not steps of the same sequence', [step('s1', BRIEF, 1), step('s2', MEETING, 1)]],
    ['and not steps without a sequence', [step('s1', BRIEF), step('s2', MEETING, 1), step('s3', MEETING)]],
    ['and not the order in which steps are listed', [step('s1', BRIEF, 2), step('s2', MEETING, 1)]],
  ])('binds no more than that: %s', (_case, steps) => expect(subjects(steps)).toEqual([]));

  it('names every step that comes too late', () => {
    const steps = [step('e', ESCALATION, 1), step('b', BRIEF, 2), step('m', MEETING, 3)];
    expect(subjects(steps)).toEqual(['STEP_ORDER_VIOLATION b', 'STEP_ORDER_VIOLATION m']);
  });

  it('says nothing of types that it does not hold', () => {
    expect(subjects([step('x', 'X', 1), step('m', MEETING, 2)])).toEqual(['STEP_ORDER_VIOLATION x']);
  });
});
