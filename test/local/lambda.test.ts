import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLocalLambda, type LocalLambda } from '../../src/local/lambda.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';

const SOURCE = `
const answers = {
  echo: (payload, runtime) => ({ payload, environment: runtime.environment }),
  nothing: () => undefined,
  instant: () => ({ at: new Date(0), missing: undefined }),
  failing: () => { throw Object.assign(new Error('broken'), { name: 'TransientError' }); },
  hanging: () => new Promise(() => {}),
};
export const handler = { with: (runtime) => async (payload) => answers[payload.do](payload, runtime) };
`;

let directory: string;
let lambda: LocalLambda;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lambda-'));
  const modulePath = join(directory, 'task.mjs');
  await writeFile(modulePath, SOURCE);
  const definition = (name: string) => ({
    ...{ name, logicalId: name, modulePath, timeoutSeconds: 0.05 },
    environment: { NAME: name },
  });
  lambda = await createLocalLambda([definition('one'), definition('two')], (environment) =>
    createRuntime(environment),
  );
});

afterAll(() => rm(directory, { recursive: true }));

describe('a function on a laptop', () => {
  test('is invoked by its name, with its own environment and no other', async () => {
    const payload = { do: 'echo', of: [1, 'a', null] };
    expect(await lambda.invoke('one', payload)).toEqual({ payload, environment: { NAME: 'one' } });
    expect(await lambda.invoke('two', payload)).toMatchObject({ environment: { NAME: 'two' } });
  });

  test('takes and gives JSON, as one that is deployed does', async () => {
    expect(await lambda.invoke('one', { do: 'echo', left: undefined, at: new Date(0) })).toMatchObject({
      payload: { do: 'echo', at: '1970-01-01T00:00:00.000Z' },
    });
    expect(await lambda.invoke('one', { do: 'instant' })).toEqual({ at: '1970-01-01T00:00:00.000Z' });
    expect(await lambda.invoke('one', { do: 'nothing' })).toBeNull();
  });

  test('throws what its handler throws', async () => {
    await expect(lambda.invoke('one', { do: 'failing' })).rejects.toMatchObject({
      name: 'TransientError',
      message: 'broken',
    });
  });

  test('is cut off when its time is up', async () => {
    await expect(lambda.invoke('two', { do: 'hanging' })).rejects.toMatchObject({
      name: 'Sandbox.Timedout',
      message: expect.stringContaining('two: Task timed out'),
    });
  });

  test('is counted when it is invoked, whatever comes of it; one that does not exist is neither', async () => {
    const before = lambda.units.invocations;
    await lambda.invoke('one', { do: 'failing' }).catch(() => {});
    await expect(lambda.invoke('three', {})).rejects.toThrow('there is no function three');
    expect(lambda.units.invocations).toBe(before + 1);
  });
});
