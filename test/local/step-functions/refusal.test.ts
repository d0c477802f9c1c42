import { describe, expect, it } from '@jest/globals';
import { DefinitionRefusedError } from '../../../src/local/step-functions/definition/refusal.ts';
import { localStepFunctions, sequence, task } from './harness.ts';

function refusal(definition: unknown, type: 'STANDARD' | 'EXPRESS' = 'STANDARD'): DefinitionRefusedError {
  try {
    localStepFunctions(definition, {}, { type });
  } catch (error) {
    if (error instanceof DefinitionRefusedError) return error;
    throw error;
  }
  throw new Error('It was loaded');
}

const pass = (fields: object) => sequence({ One: { Type: 'Pass', ...fields } });
const dynamic = (path: string) => pass({ Parameters: { 'a.$': path } });
const map = (fields: object, config: object = {}) =>
  sequence({
    Each: {
      Type: 'Map',
      ItemProcessor: { ProcessorConfig: config, ...sequence({ Work: { Type: 'Pass' } }) },
      ...fields,
    },
  });
const catcher = { ErrorEquals: ['States.ALL'], Next: 'One' };

describe('loading a machine refuses', () => {
  it.each([
    ['JSONata', { ...pass({}), QueryLanguage: 'JSONata' }, 'QueryLanguage'],
    ['JSONata in a state', pass({ QueryLanguage: 'JSONata' }), 'States.One.QueryLanguage'],
    ['variables', pass({ Assign: { a: 1 } }), 'States.One.Assign'],
    ['an indexed ResultPath', pass({ ResultPath: '$.a[0]' }), 'States.One.ResultPath'],
    ['a bracketed ResultPath', pass({ ResultPath: "$['a']" }), 'States.One.ResultPath'],
    [
      'a bracketed ResultPath of a catcher',
      sequence({ One: task('a', { Catch: [{ ...catcher, ResultPath: '$.a[0]' }] }) }),
      'States.One.Catch[0].ResultPath',
    ],
    ['a wildcard', dynamic('$.items[*].id'), 'States.One.Parameters.a.$'],
    ['a filter', dynamic('$.items[?(@.id)]'), 'States.One.Parameters.a.$'],
    ['a slice', dynamic('$.items[0:2]'), 'States.One.Parameters.a.$'],
    ['a descent', dynamic('$..id'), 'States.One.Parameters.a.$'],
    ['States.JsonToString', dynamic('States.JsonToString($)'), 'States.One.Parameters.a.$'],
    ['an unknown function', dynamic('States.Shuffle($)'), 'States.One.Parameters.a.$'],
    ['a separator of two characters', dynamic("States.StringSplit($.a, ', ')"), 'States.One.Parameters.a.$'],
    [
      'a wildcard in a Choice',
      loop({ Variable: '$.a[*]', IsPresent: true }),
      'States.One.Choices[0].Variable',
    ],
    [
      'an ItemReader',
      map({ ItemReader: {} }, { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }),
      'States.Each.ItemReader',
    ],
    ['a batcher in an inline Map', map({ ItemBatcher: { MaxItemsPerBatch: 2 } }), 'States.Each.ItemBatcher'],
    [
      'tolerated failures in an inline Map',
      map({ ToleratedFailureCount: 2 }),
      'States.Each.ToleratedFailureCount',
    ],
    [
      'States.ALL that is not the last catcher',
      sequence({ One: task('a', { Catch: [catcher, { ...catcher, ErrorEquals: ['A'] }] }) }),
      'States.One.Catch[0]',
    ],
    [
      'States.ALL beside another error',
      sequence({ One: task('a', { Retry: [{ ErrorEquals: ['A', 'States.ALL'] }] }) }),
      'States.One.Retry[0]',
    ],
    [
      'a resource that is not there locally',
      sequence({ One: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage' } }),
      'States.One.Resource',
    ],
    [
      'anything of this inside a Map',
      sequence({ Each: { Type: 'Map', ItemProcessor: dynamic('$.a[*]') } }),
      'States.Each.ItemProcessor.States.One.Parameters.a.$',
    ],
    [
      'anything of this inside a branch',
      sequence({ Both: { Type: 'Parallel', Branches: [pass({}), dynamic('$.a[*]')] } }),
      'States.Both.Branches[1].States.One.Parameters.a.$',
    ],
    ['a name of 81 characters', sequence({ ['x'.repeat(81)]: { Type: 'Pass' } }), `States.${'x'.repeat(81)}`],
    ['what is no machine', { StartAt: 'One' }, 'States'],
  ])('%s', (_, definition, field) => {
    expect(refusal(definition)).toMatchObject({ field, machine: 'machine', name: 'DefinitionRefusedError' });
  });

  it('a state that leads nowhere, in the words of the validator', () => {
    expect(refusal(sequence({ One: { Type: 'Pass', Next: 'Two' } })).message).toContain('Two');
  });

  it.each([
    ['a distributed Map', map({}, { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' }), 'States.Each'],
    [
      'a task token',
      sequence({
        One: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', Parameters: {} },
      }),
      'States.One.Resource',
    ],
  ])('%s in an EXPRESS machine', (_, definition, field) => {
    expect(refusal(definition, 'EXPRESS').field).toBe(field);
  });
});

function loop(rule: object) {
  return sequence({ One: { Type: 'Choice', Choices: [{ ...rule, Next: 'Two' }] }, Two: { Type: 'Succeed' } });
}

describe('loading a machine accepts', () => {
  it.each([
    ['quoted text that looks like a path', dynamic("States.Format('$..a[*] {}', $.b)")],
    [
      'a literal field that looks like a path',
      pass({ Parameters: { InputPath: '$.a[*]', Variable: '$..a' } }),
    ],
    ['an index', dynamic('$.items[0].id')],
    ['a separator of one character', dynamic("States.StringSplit($.a, ',')")],
  ])('%s', (_, definition) => {
    expect(() => localStepFunctions(definition)).not.toThrow();
  });

  it('a definition without writing into it', () => {
    const definition = pass({});
    const before = JSON.stringify(definition);
    localStepFunctions(definition);
    expect(JSON.stringify(definition)).toBe(before);
  });
});
