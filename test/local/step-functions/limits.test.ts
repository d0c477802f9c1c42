import { describe, expect, it } from '@jest/globals';
import { endlessLoop, localStepFunctions, sequence, task } from './harness.ts';

const large = 'x'.repeat(262_144);

const calling = (Catch: object[] = []) =>
  sequence({ Call: task('large', Catch.length > 0 ? { Catch } : {}), After: { Type: 'Pass' } });

const run = (definition: unknown) => localStepFunctions(definition, { large: () => large }).run();

describe('a result over 256 KiB', () => {
  it('fails the execution with States.DataLimitExceeded', async () => {
    expect(await run(calling())).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      cause:
        "The state/task 'Call' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
  });

  it('is not caught by States.ALL', async () => {
    const ended = await run(calling([{ ErrorEquals: ['States.ALL'], Next: 'After' }]));
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  it('is caught by its name', async () => {
    const ended = await run(calling([{ ErrorEquals: ['States.DataLimitExceeded'], Next: 'After' }]));
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'States.DataLimitExceeded' } });
  });

  it('counts bytes and not characters', async () => {
    const wide = 'ü'.repeat(140_000);
    const definition = sequence({ Call: task('wide') });
    const ended = await localStepFunctions(definition, { wide: () => wide }).run();
    expect(ended).toMatchObject({ error: 'States.DataLimitExceeded' });
  });
});

it('what fits into 256 KiB passes', async () => {
  const fitting = 'x'.repeat(262_142);
  const definition = sequence({ Call: task('fitting'), After: { Type: 'Pass' } });
  const ended = await localStepFunctions(definition, { fitting: () => fitting }).run();
  expect(ended.output).toBe(fitting);
});

it('results that merge to more than 256 KiB fail the execution', async () => {
  const definition = sequence({
    One: task('half', { ResultPath: '$.one' }),
    Two: task('half', { ResultPath: '$.two' }),
  });
  const ended = await localStepFunctions(definition, { half: () => 'x'.repeat(140_000) }).run();
  expect(ended).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
});

it('the history of a STANDARD execution ends with its 25,000th event, which is its failure', async () => {
  const local = localStepFunctions(endlessLoop);
  const ended = await local.run();
  expect(ended).toMatchObject({
    status: 'FAILED',
    error: 'States.Runtime',
    cause: 'The execution reached the maximum number of history events (25000).',
  });
  expect(ended.history).toHaveLength(25_000);
  expect(ended.history.at(-1)).toMatchObject({ id: 25_000, type: 'ExecutionFailed' });
  expect(local.stepFunctions.activity.computing).toBe(0);
});

it('the history limit also stops an inline Map, once for all its iterations', async () => {
  const definition = sequence({
    Each: {
      Type: 'Map',
      ItemProcessor: sequence({ One: { Type: 'Pass' }, Two: { Type: 'Pass' } }),
    },
  });
  const local = localStepFunctions(definition);
  const ended = await local.run(Array.from({ length: 5000 }, (_, index) => index));
  expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  expect(ended.history).toHaveLength(25_000);
  expect(local.stepFunctions.activity.computing).toBe(0);
});
