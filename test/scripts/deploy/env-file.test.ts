import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { envText, mergedVariables, readEnvFile, writeEnvFile } from '../../../scripts/deploy/env-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cc-native-env-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('variables are sorted, quoted only where they must be', () => {
  const text = envText({ B: 'a b', A: 'https://x.example/y?z', C: 'cc-native-dev-ledger', D: "it's", E: '' });
  expect(text.split('\n').slice(1)).toEqual([
    "A='https://x.example/y?z'",
    "B='a b'",
    'C=cc-native-dev-ledger',
    'D="it\'s"',
    'E=',
    '',
  ]);
});

test('whatever can be written is read again as it was', () => {
  const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,20}$/);
  // What an env file can hold: of a carriage return nothing is left when it is read.
  const character = fc.constantFrom(...'aZ0 #=$\\nt"\'`\n\té', '\\n');
  const value = fc.string({ unit: character, maxLength: 12 }).filter((text) => {
    const marks = ["'", ...(text.includes('\\') ? [] : ['"']), '`'];
    return marks.some((mark) => !text.includes(mark));
  });
  fc.assert(
    fc.property(fc.dictionary(name, value), (variables) => {
      expect({ ...parseEnv(envText(variables)) }).toEqual({ ...variables });
    }),
  );
});

test('a value with all kinds of quotes is refused by name', () => {
  expect(() => envText({ ODD: `'"\`` })).toThrow('ODD: no kind of quotes is left');
  expect(() => envText({ ODD: `'\\n\`` })).toThrow('ODD: no kind of quotes is left');
});

test('variables of a person stay; those that the stack no longer gives go', () => {
  const old = { LEDGER_TABLE_NAME: 'old', AUTONOMY_ADMIN_API_URL: 'https://gone', TENANT_ID: 'acme' };
  const known = new Set(['LEDGER_TABLE_NAME', 'AUTONOMY_ADMIN_API_URL']);
  expect(mergedVariables(old, { known, fresh: { LEDGER_TABLE_NAME: 'new' } })).toEqual({
    ...{ LEDGER_TABLE_NAME: 'new', TENANT_ID: 'acme' },
  });
});

test('the file is replaced as a whole, and only its owner may read it', async () => {
  const path = join(directory, '.env.dev');
  expect(await readEnvFile(path)).toBeUndefined();
  await writeFile(path, 'OLD=1\n', { mode: 0o644 });
  await writeEnvFile(path, { NEW: '2' });
  expect({ ...(await readEnvFile(path)) }).toEqual({ NEW: '2' });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(directory)).toEqual(['.env.dev']);
});

test('a file that cannot be written leaves the old one, and nothing else', async () => {
  const path = join(directory, '.env.dev');
  await writeFile(path, 'OLD=1\n');
  await expect(writeEnvFile(path, { ODD: `'"\`` })).rejects.toThrow('ODD');
  expect(await readFile(path, 'utf8')).toBe('OLD=1\n');
  expect(await readdir(directory)).toEqual(['.env.dev']);
});
