import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';

/** Writes a candidate policy, as it is or as JSON, into a file of the test's own and answers its path. */
export const usePolicyFile = (): ((content: unknown) => Promise<string>) => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'what-if-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  return async (content) => {
    const path = join(folder, 'policy.json');
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
};
