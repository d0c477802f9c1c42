import { describe, expect, it } from '@jest/globals';
import {
  anyInstant,
  earliest,
  identifier,
  instant,
  later,
  secondsAfter,
  timeZone,
} from '../../src/domain/identifiers.ts';

describe('an identifier', () => {
  it.each([
    'p1',
    'a',
    '9f1b6a1e-7c54-4d0b-9a43-0c6d1f0e8b52',
    'ana@acme.example',
    'a.b_c:d',
    'x'.repeat(128),
  ])('may be %s', (text) => expect(identifier.safeParse(text).success).toBe(true));

  it.each([
    '',
    'a#b',
    '#',
    'a b',
    '__proto__',
    '-a',
    'constructor',
    'prototype',
    'ä',
    'a\n',
    'x'.repeat(129),
  ])('may not be %j', (text) => expect(identifier.safeParse(text).success).toBe(false));

  it('says why it was refused', () => {
    expect(identifier.safeParse('a#b').error?.issues[0]?.message).toContain('no "#"');
    expect(identifier.safeParse('constructor').error?.issues[0]?.message).toBe('is a reserved name');
  });
});

describe('an instant', () => {
  it.each(['2026-01-05T09:00:00.000Z', '1999-12-31T23:59:59.999Z'])('may be %s', (text) =>
    expect(instant.safeParse(text).success).toBe(true),
  );

  it.each([
    '2026-01-05',
    '2026-01-05T09:00:00Z',
    '2026-01-05T10:00:00.000+01:00',
    '2026-02-30T09:00:00.000Z',
    'x',
    '',
  ])('may not be %j, which does not compare as text', (text) =>
    expect(instant.safeParse(text).success).toBe(false),
  );

  it.each(['+010000-01-01T00:00:00.000Z', '-000001-01-01T00:00:00.000Z'])(
    'may not be %s, which sorts before every year of four digits',
    (text) => expect(instant.safeParse(text).success).toBe(false),
  );
});

describe('any instant', () => {
  it.each([
    ['2026-01-05T09:00:00Z', '2026-01-05T09:00:00.000Z'],
    ['2026-01-05T10:00:00.5+01:00', '2026-01-05T09:00:00.500Z'],
    ['2026-01-05T09:00:00.000Z', '2026-01-05T09:00:00.000Z'],
  ])('may be written %s, and is then %s', (text, expected) => expect(anyInstant.parse(text)).toBe(expected));

  it.each(['2026-01-05', '2026-01-05T09:00:00', 'tomorrow', '2026-02-30T09:00:00Z', ''])(
    'may not be %j',
    (text) => expect(anyInstant.safeParse(text).success).toBe(false),
  );

  it('may not be one whose year in UTC has more than four digits, which does not compare as text', () => {
    expect(anyInstant.safeParse('9999-12-31T23:59:59-10:00').success).toBe(false);
    expect(anyInstant.parse('9999-12-31T23:59:59+10:00')).toBe('9999-12-31T13:59:59.000Z');
  });
});

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'])('may be %s', (name) => {
    expect(timeZone.parse(name)).toBe(name);
  });

  it.each(['', 'Mars/Olympus', 'Berlin'])('is not %p', (name) => {
    expect(timeZone.safeParse(name).success).toBe(false);
  });
});

describe('arithmetic with instants', () => {
  const [monday, tuesday] = ['2026-01-05T09:00:00.000Z', '2026-01-06T09:00:00.000Z'];

  it('adds seconds across days', () => expect(secondsAfter(monday, 86_400)).toBe(tuesday));

  it('finds the later of two, whatever their order', () => {
    expect(later(monday, tuesday)).toBe(tuesday);
    expect(later(tuesday, monday)).toBe(tuesday);
    expect(later(monday, monday)).toBe(monday);
  });

  it('finds the earliest and does not count what is undefined', () => {
    expect(earliest(undefined, tuesday, undefined, monday)).toBe(monday);
    expect(earliest(monday, tuesday)).toBe(monday);
    expect(earliest(undefined)).toBeUndefined();
    expect(earliest()).toBeUndefined();
  });
});
