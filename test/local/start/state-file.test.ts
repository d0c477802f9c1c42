import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type LocalState, stateFile } from '../../../src/local/start/state-file.ts';

const STATE: LocalState = {
  scenario: 'examples/renewal-season.json',
  now: '2026-01-05T09:00:00.000Z',
  shift_ms: -86_400_000,
  introduced: true,
  commands_given: 3,
};

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'state-'));
});

afterEach(() => rm(directory, { recursive: true }));

const path = () => join(directory, 'state.json');

describe('the state of a local system', () => {
  test('is not there before it was written, nor is its directory', () => {
    expect(stateFile(join(directory, 'new')).read()).toBeUndefined();
  });

  test('is read as it was written last, and leaves no other file behind', async () => {
    const file = stateFile(join(directory, 'new'));
    file.write({ ...STATE, commands_given: 0 });
    file.write(STATE);
    expect(stateFile(join(directory, 'new')).read()).toEqual(STATE);
    expect(await readdir(join(directory, 'new'))).toEqual(['state.json']);
  });

  test('outlives a crash in the middle of writing', async () => {
    stateFile(directory).write(STATE);
    await writeFile(`${path()}.new`, JSON.stringify(STATE).slice(0, 20));
    expect(stateFile(directory).read()).toEqual(STATE);
  });

  test('is nowhere when nothing is to be kept', () => {
    const file = stateFile(undefined);
    file.write(STATE);
    expect(file.read()).toBeUndefined();
  });

  test.each([
    ['is no JSON', '{'],
    ['has a bad instant', JSON.stringify({ ...STATE, now: 'yesterday' })],
    ['has an unknown field', JSON.stringify({ ...STATE, more: 1 })],
    ['lacks one', JSON.stringify({ ...STATE, shift_ms: undefined })],
  ])('is refused by the name of its file when it %s', async (_what, text) => {
    await writeFile(path(), text);
    expect(() => stateFile(directory).read()).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', message: expect.stringContaining(path()) }),
    );
  });
});
