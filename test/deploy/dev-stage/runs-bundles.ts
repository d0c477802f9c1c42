import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { BundleCall, BundleResult } from '../call-bundles.ts';
import { deployedFunctions } from '../deployed-functions.ts';
import type { PackagedStage } from '../package-stage.ts';

const functions = await deployedFunctions();

export const runsBundles = (stage: () => PackagedStage): void => {
  describe('bundles', () => {
    const call = async (calls: readonly BundleCall[]): Promise<BundleResult[]> => {
      const script = join(import.meta.dirname, '../call-bundles.ts');
      const args = ['--enable-source-maps', script, JSON.stringify(calls)];
      const { stdout } = await promisify(execFile)(process.execPath, args, { env: {} });
      return JSON.parse(stdout);
    };

    let lacking: readonly BundleResult[] = [];
    let complete: readonly BundleResult[] = [];

    /** Each bundle is loaded once and called twice: a container that could not begin can once its variables are there. */
    beforeAll(async () => {
      const modules = await Promise.all(functions.map(({ key }) => stage().unpack(key)));
      const callsWith = (variables: (all: readonly string[]) => readonly string[]): BundleCall[] =>
        functions.map((of, index) => ({
          module: modules[index] ?? '',
          environment: Object.fromEntries(variables(of.environment).map((name) => [name, '1'])),
        }));
      const calls = [...callsWith((all) => all.slice(0, -1)), ...callsWith((all) => all)];
      const results = await call(calls);
      [lacking, complete] = [results.slice(0, functions.length), results.slice(functions.length)];
    });

    test('a bundle that lacks a variable fails by its name, and its stack names the source', () => {
      expect(lacking.map(({ error, message }) => [error, message])).toEqual(
        functions.map(({ environment }) => [
          'ConfigurationError',
          expect.stringMatching(new RegExp(`Missing env ${environment.at(-1)}\\b`)),
        ]),
      );
      expect(lacking[0]?.thrownAt).toContain('src/runtime/environment.ts:');
    });

    test('with the variables that it is deployed with, every bundle gets as far as its input', () => {
      const refusals = { task: 'ValidationError', event: 'ValidationError', adapter: 'TOOL_NOT_FOUND' };
      expect(complete.map(({ error, answered }) => answered?.error_code ?? error)).toEqual(
        functions.map(({ kind }) => refusals[kind]),
      );
    });
  });
};
