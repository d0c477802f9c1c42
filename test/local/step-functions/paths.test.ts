import { describe, expect, it } from '@jest/globals';
import { localStepFunctions, sequence, task } from './harness.ts';

const output = async (states: Parameters<typeof sequence>[0], input: unknown) =>
  (await localStepFunctions(sequence(states), { echo: (payload: never) => payload }).run(input)).output;

describe('the context object', () => {
  it('has the execution, the machine and the state', async () => {
    const Parameters = {
      'id.$': '$$.Execution.Id',
      'name.$': '$$.Execution.Name',
      'start.$': '$$.Execution.StartTime',
      'tenant.$': '$$.Execution.Input.tenant',
      'machine.$': '$$.StateMachine.Id',
      'state.$': '$$.State.Name',
      'entered.$': '$$.State.EnteredTime',
      'text.$': "States.Format('{}/{}', $$.State.Name, $.n)",
    };
    const definition = sequence({
      Wait: { Type: 'Wait', Seconds: 60 },
      First: { Type: 'Pass', Result: { n: 1 } },
      Show: { Type: 'Pass', Parameters },
    });
    const ended = await localStepFunctions(definition).run({ tenant: 'acme' }, 'mine');
    expect(ended.output).toEqual({
      id: 'arn:aws:states:eu-west-1:000000000000:execution:machine:mine',
      name: 'mine',
      start: '2026-01-05T09:00:00.000Z',
      tenant: 'acme',
      machine: 'arn:aws:states:eu-west-1:000000000000:stateMachine:machine',
      state: 'Show',
      entered: '2026-01-05T09:01:00.000Z',
      text: 'Show/1',
    });
  });

  it('can be passed as a whole, without what the adapter needs for itself', async () => {
    const shown = await output({ Show: { Type: 'Pass', Parameters: { 'all.$': '$$' } } }, {});
    expect(Object.keys((shown as { all: object }).all).sort()).toEqual([
      'Execution',
      'State',
      'StateMachine',
    ]);
  });
});

describe('input and output processing', () => {
  it('joins paths in Parameters to the InputPath', async () => {
    const states = {
      Show: task('echo', { InputPath: '$.inner', Parameters: { 'n.$': '$.n', 'all.$': '$' } }),
    };
    expect(await output(states, { inner: { n: 1 } })).toEqual({ n: 1, all: { n: 1 } });
  });

  it.each([null, false, 0, ''])('hands %p on, although the engine finds nothing at $ then', async (value) => {
    const states = {
      Whole: { Type: 'Pass', Parameters: { 'whole.$': '$' }, ResultPath: '$.whole' },
      Select: task('echo', {
        InputPath: '$.value',
        ResultSelector: { 'it.$': '$' },
        ResultPath: '$.selected',
      }),
    };
    const whole = { whole: { value } };
    expect(await output(states, { value })).toEqual({ value, whole, selected: { it: value } });
  });

  it('gives an empty input for an InputPath of null, and an empty output for an OutputPath of null', async () => {
    expect(await output({ Call: task('echo', { InputPath: null }) }, { a: 1 })).toEqual({});
    expect(await output({ Call: { Type: 'Pass', InputPath: null } }, { a: 1 })).toEqual({});
    expect(await output({ Call: task('echo', { OutputPath: null }) }, { a: 1 })).toEqual({});
  });

  it('takes a ResultPath of $ for the whole output, also in a catcher', async () => {
    expect(await output({ Call: task('echo', { ResultPath: '$' }) }, { a: 1 })).toEqual({ a: 1 });
    const Catch = [{ ErrorEquals: ['States.ALL'], ResultPath: '$', Next: 'After' }];
    const caught = await output({ Call: task('none', { Catch }), After: { Type: 'Pass' } }, { a: 1 });
    expect(Object.keys(caught as object)).toEqual(['Error', 'Cause']);
  });

  it.each([[false], [0], [''], [null], [{ a: [1] }]])('passes a Result of %j', async (Result) => {
    expect(await output({ Pass: { Type: 'Pass', Result } }, { b: 1 })).toEqual(Result);
  });

  it('makes of a function that returns nothing null', async () => {
    const local = localStepFunctions(sequence({ Call: task('silent') }), { silent: () => undefined });
    expect(await local.run()).toMatchObject({ status: 'SUCCEEDED', output: null });
  });

  it('gives functions a copy, so that what they change in it changes nothing', async () => {
    const change = (payload: { list: number[] }) => payload.list.push(2);
    const definition = sequence({ Call: task('change', { ResultPath: null }) });
    const ended = await localStepFunctions(definition, { change }).run({ list: [1] });
    expect(ended.output).toEqual({ list: [1] });
  });
});

/** Rule, input, and whether the rule holds. */
const RULES: readonly (readonly [object, object, boolean])[] = [
  [{ Variable: '$.n', NumericGreaterThan: 3 }, { n: 4 }, true],
  [{ Variable: '$.n', NumericGreaterThan: 3 }, { n: '4' }, false],
  [{ Variable: '$.n', NumericLessThanEquals: 3 }, { n: null }, false],
  [{ Variable: '$.s', StringLessThan: 'b' }, { s: 'a' }, true],
  [{ Variable: '$.s', StringLessThan: '5' }, { s: 4 }, false],
  [{ Variable: '$.s', StringMatches: 'a?c*' }, { s: 'a?cd' }, true],
  [{ Variable: '$.s', StringMatches: 'a?c*' }, { s: 'abcd' }, false],
  [{ Variable: '$.s', StringMatches: 'a*' }, { s: 1 }, false],
  [{ Variable: '$.t', TimestampLessThanPath: '$$.Execution.StartTime' }, { t: '2026-01-01T00:00:00Z' }, true],
  [{ Variable: '$.t', TimestampGreaterThan: '2020-01-01T00:00:00Z' }, { t: 'soon' }, false],
  [{ Variable: '$.x', IsPresent: false }, {}, true],
  [{ Variable: '$.x', IsPresent: false }, { x: 1 }, false],
  [{ Variable: '$.x', IsPresent: true }, { x: null }, true],
  [{ Variable: '$.x', IsNull: false }, { x: 1 }, true],
  [{ Not: { Variable: '$.x', IsPresent: true } }, {}, true],
  [
    {
      And: [
        { Variable: '$.x', IsPresent: true },
        { Variable: '$.x', NumericEquals: 1 },
      ],
    },
    { x: 1 },
    true,
  ],
  [
    {
      Or: [
        { Variable: '$.x', IsPresent: false },
        { Variable: '$.x', BooleanEquals: true },
      ],
    },
    {},
    true,
  ],
  [{ Variable: '$$.Execution.Input[0].n', NumericEquals: 4 }, {}, true],
];

const choosing = (n: number, rule: object) =>
  sequence({
    [`Take${n}`]: { Type: 'Pass', InputPath: `$[${n}]` },
    [`Choose${n}`]: { Type: 'Choice', Choices: [{ ...rule, Next: `Yes${n}` }], Default: `No${n}` },
    [`Yes${n}`]: { Type: 'Pass', Result: true, End: true },
    [`No${n}`]: { Type: 'Pass', Result: false, End: true },
  });

describe('a Choice', () => {
  it('compares within a type only, tells absent from null, and knows one wildcard', async () => {
    // Loading a machine takes longer than running it, so all rules are branches of one.
    const Branches = RULES.map(([rule], n) => choosing(n, rule));
    const inputs = RULES.map(([, input]) => input);
    const chosen = (await output({ All: { Type: 'Parallel', Branches } }, inputs)) as boolean[];
    expect(RULES.map(([rule, input], n) => [rule, input, chosen[n]])).toEqual(RULES);
  });

  it('without a match and a default fails', async () => {
    const Choices = [{ Variable: '$.n', NumericEquals: 1, Next: 'Done' }];
    const definition = sequence({ Choose: { Type: 'Choice', Choices }, Done: { Type: 'Succeed' } });
    const ended = await localStepFunctions(definition).run({ n: 2 });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
  });
});
