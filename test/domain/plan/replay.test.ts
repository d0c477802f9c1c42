import { describe, expect, it } from '@jest/globals';
import type { StepOutcome } from '../../../src/domain/plan/command.ts';
import { decide } from '../../../src/domain/plan/decide.ts';
import {
  approveIntent,
  at,
  ben,
  fail,
  inShort,
  loseTrack,
  newStep,
  start,
  stepOf,
  story,
  succeed,
  type Told,
  then,
  toStatus,
} from '../../support/plan-fixtures.ts';

const ONE_STEP = { steps: [newStep('s1')] };
const IN_FLIGHT = [...toStatus('ACTIVE', ONE_STEP), start('s1', 3), approveIntent('s1', 3)];
const SUCCEEDED: StepOutcome = { result: 'SUCCEEDED' };

/** The first attempt was carried out again. */
const replayed = (outcome: StepOutcome = SUCCEEDED, attempt = 1): Told => [
  { type: 'APPLY_OUTCOME', step_id: 's1', attempt, outcome, replay: true },
  at(20),
];

describe('a replay that succeeds', () => {
  it('ends a step of which nobody knew, and leaves it to a person to resume the plan', () => {
    const lost = story([...IN_FLIGHT, loseTrack('s1', 4)]).plan;
    expect(lost).toMatchObject({ plan_status: 'PAUSED', steps: [{ needs_person: true }] });
    const after = then(lost, replayed());
    expect(after).toMatchObject({ plan_status: 'PAUSED', steps: [{ status: 'DONE' }] });
    expect(stepOf(after, 's1').needs_person).toBeUndefined();
  });

  it('ends a step that was about to be tried again, and with it the plan', () => {
    const failed = story([...IN_FLIGHT, fail('s1', 4)]).plan;
    expect(inShort(decide(failed, ...replayed()))).toBe('STEP_REPLAYED PLAN_COMPLETED');
  });
});

describe('a replay changes nothing', () => {
  const failed = [...IN_FLIGHT, fail('s1', 4)];

  it.each<[string, Told[], Told]>([
    ['when it fails', failed, replayed({ result: 'FAILED', reason: 'NO' })],
    ['of a step that is done', [...IN_FLIGHT, succeed('s1', 4)], replayed()],
    ['of another attempt than the last', [...failed, start('s1', 10, 1)], replayed()],
    ['of a plan that has ended', [...failed, [{ type: 'ABORT_PLAN', reason: 'x' }, at(9, ben)]], replayed()],
  ])('%s', (_what, told, replay) => {
    expect(inShort(decide(story(told).plan, ...replay))).toBe('nothing');
  });
});
