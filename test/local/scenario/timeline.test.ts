import { describe, expect, test } from '@jest/globals';
import { nextBeat, nextEvent } from '../../../src/local/scenario/timeline.ts';

const START = '2026-01-05T09:00:00.000Z';
const MINUTE_MS = 60_000;
const at = (minutes: number): string => new Date(Date.parse(START) + minutes * MINUTE_MS).toISOString();

describe('the next beat', () => {
  test.each<[what: string, last: number | undefined, notBefore: number, beat: number]>([
    ['is the start when there was none', undefined, 0, 0],
    ['is the start when something was due before it', undefined, -100, 0],
    ['is the first one at or after what is due', undefined, 16, 30],
    ['is one interval after the last', 15, 15, 30],
    ['is never the last one again', 15, 0, 30],
    ['is at the instant that is due when that is a beat', 15, 45, 45],
    ['passes over those at which nothing is due', 0, 20_161, 20_175],
  ])('%s', (_what, last, notBefore, beat) => {
    const lastBeat = last === undefined ? undefined : at(last);
    expect(nextBeat(lastBeat, START, at(notBefore), 15 * MINUTE_MS)).toBe(at(beat));
  });
});

describe('the next event', () => {
  const command = { do: 'pause', plan_id: 'p1', by: 'ben', at: at(5) } as const;
  const none = { wake: undefined, command: undefined, beat: undefined, until: at(60) };

  test.each([
    ['is the earliest: a wake', { wake: at(4), command, beat: at(6) }, { kind: 'WAKE', at: at(4) }],
    [
      'is the earliest: a command',
      { wake: at(6), command, beat: at(6) },
      { kind: 'COMMAND', at: at(5), command },
    ],
    ['is the earliest: a cycle', { wake: at(6), command, beat: at(4) }, { kind: 'CYCLE', at: at(4) }],
    [
      'at one instant is what arrives first of all',
      { wake: at(5), command, beat: at(5) },
      { kind: 'WAKE', at: at(5) },
    ],
    [
      'at one instant is a command before the cycle',
      { command, beat: at(5) },
      { kind: 'COMMAND', at: at(5), command },
    ],
    ['may be at the very end', { beat: at(60) }, { kind: 'CYCLE', at: at(60) }],
    ['is the end when all others come later', { wake: at(61), beat: at(75) }, { kind: 'END' }],
    ['is the end when nothing will happen', {}, { kind: 'END' }],
  ])('%s', (_what, upcoming, event) => expect(nextEvent({ ...none, ...upcoming })).toEqual(event));
});
