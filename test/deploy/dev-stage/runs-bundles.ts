import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import type { BundleCall, BundleResult } from '../call-bundles.ts';
import { type DeployedFunction, deployedFunctions } from '../deployed-functions.ts';
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

    const bundle = async ({ key, environment }: DeployedFunction, missing?: string): Promise<BundleCall> => {
      const values = environment.filter((name) => name !== missing).map((name) => [name, '1']);
      return { module: await stage().unpack(key), environment: Object.fromEntries(values) };
    };

    test('a bundle that lacks a variable fails by its name, and its stack names the source', async () => {
      const results = await call(await Promise.all(functions.map((of) => bundle(of, of.environment.at(-1)))));
      expect(results.map(({ error, message }) => [error, message])).toEqual(
        functions.map(({ environment }) => [
          'ConfigurationError',
          expect.stringMatching(new RegExp(`Missing env ${environment.at(-1)}\\b`)),
        ]),
      );
      expect(results[0]?.thrownAt).toContain('src/runtime/environment.ts:');
    });

    test('with the variables that it is deployed with, every bundle gets as far as its input', async () => {
      const results = await call(await Promise.all(functions.map((of) => bundle(of))));
      const refusals = { task: 'ValidationError', event: 'ValidationError', adapter: 'TOOL_NOT_FOUND' };
      expect(results.map(({ error, answered }) => answered?.error_code ?? error)).toEqual(
        functions.map(({ kind }) => refusals[kind]),
      );
    });
  });
};
