import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { foundValid } from '../../../src/local/step-functions/definition/found-valid.ts';

let modules: string;
const install = (what: string) => writeFile(join(modules, '.package-lock.json'), what);
beforeEach(async () => {
  modules = await mkdtemp(join(tmpdir(), 'modules-'));
  await install('a validator');
});
afterEach(() => rm(modules, { recursive: true }));

test('what one process found valid the next knows, and of nothing else', () => {
  foundValid(modules).add('a machine');
  expect(foundValid(modules).has('a machine')).toBe(true);
  expect(foundValid(modules).has('another machine')).toBe(false);
});

test('it does not count once other packages are installed', async () => {
  foundValid(modules).add('a machine');
  await install('a stricter validator');
  expect(foundValid(modules).has('a machine')).toBe(false);
});

test.each([
  ['what is installed cannot be told', () => rm(join(modules, '.package-lock.json'))],
  ['nothing can be written', () => writeFile(join(modules, '.cache'), 'no folder')],
])('only the process that found it knows where %s', async (_, bring) => {
  await bring();
  const here = foundValid(modules);
  here.add('a machine');
  expect(here.has('a machine')).toBe(true);
  expect(foundValid(modules).has('a machine')).toBe(false);
});
