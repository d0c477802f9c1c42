import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { conditionMutants, type Mutant } from './mutation/condition-mutants.ts';
import { runTests } from './mutation/run-tests.ts';

/**
 * Takes one condition, or one clause of it, away from the writes in `src/adapters/dynamodb` at a time, and runs the adapter tests
 * on each such tree. A deletion that no test notices is a condition that nothing holds in place: exit 1.
 *
 * Works on copies; the working tree is not touched.
 */
const root = join(import.meta.dirname, '..');
const folder = 'src/adapters/dynamodb';
const COPIED = ['src', 'functions', 'test', 'resources', 'jest.config.js', 'package.json'];
/** Copies worked on at once: one test run keeps about one core busy. */
const COPIES = 2;

const ADAPTER_TESTS = 'test/adapters';
/** The test named like the file finds most deletions, and is much faster than all. */
const mirrorOf = (file: string): string => `${ADAPTER_TESTS}/dynamodb/${basename(file, '.ts')}.test.ts`;

const copyTree = (): string => {
  const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
  for (const name of COPIED) cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
};

const mutantsOfAll = (): Mutant[] =>
  readdirSync(join(root, folder))
    .sort()
    .flatMap((name) => {
      const file = join(folder, name);
      return conditionMutants(file, readFileSync(join(root, file), 'utf8'));
    });

const isKilled = async (copy: string, { file, text }: Mutant): Promise<boolean> => {
  const place = join(copy, file);
  const original = readFileSync(place, 'utf8');
  writeFileSync(place, text);
  const passed = (await runTests(copy, mirrorOf(file))) && (await runTests(copy, ADAPTER_TESTS));
  writeFileSync(place, original);
  return !passed;
};

const work = async (copy: string, queue: Mutant[], survivors: Mutant[]): Promise<void> => {
  for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
    const killed = await isKilled(copy, mutant);
    console.log(`${killed ? 'killed  ' : 'SURVIVED'} ${basename(mutant.file)}: ${mutant.name}`);
    if (!killed) survivors.push(mutant);
  }
};

const mutants = mutantsOfAll();
const copies = Array.from({ length: COPIES }, copyTree);
const survivors: Mutant[] = [];
try {
  const [first] = copies;
  if (!first || !(await runTests(first, ADAPTER_TESTS)))
    throw new Error('the adapter tests fail without any mutation');
  const queue = [...mutants];
  await Promise.all(copies.map((copy) => work(copy, queue, survivors)));
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true });
}
console.log(`${mutants.length} deletions, ${survivors.length} survived`);
process.exitCode = survivors.length > 0 ? 1 : 0;
