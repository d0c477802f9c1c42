import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ARGUMENTS = [
  ...['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'],
  ...['--runInBand', '--bail=1', '--silent', '--passWithNoTests'],
];

/** Whether the tests whose path holds `pattern` pass in a tree. */
export const runTests = async (tree: string, pattern: string): Promise<boolean> => {
  const cache = `--cacheDirectory=${join(tree, '.jest-cache')}`;
  const run = spawn(process.execPath, [...ARGUMENTS, cache, pattern], { cwd: tree, stdio: 'ignore' });
  const [code] = await once(run, 'exit');
  return code === 0;
};
