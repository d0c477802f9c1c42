import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { localStepFunctions, MACHINE_ARN, namedError, sequence, task } from './harness.ts';

const Retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 1 }];
/** A call that may be retried, caught and timed out, and then a wait. State names must be unique in the whole machine. */
const calling = (prefix: string) =>
  sequence({
    [`${prefix}Call`]: task('call', {
      Retry,
      TimeoutSeconds: 50,
      Catch: [{ ErrorEquals: ['States.Timeout'], Next: `${prefix}Done` }],
    }),
    [`${prefix}Wait`]: { Type: 'Wait', Seconds: 5 },
    [`${prefix}Done`]: { Type: 'Succeed' },
  });

const map = (prefix: string, config: object, fields: object) => ({
  Type: 'Map',
  ItemsPath: '$.items',
  ResultPath: null,
  ItemProcessor: { ProcessorConfig: config, ...calling(prefix) },
  Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }],
  ...fields,
});

const definition = sequence(
  {
    Inline: map('Inner', { Mode: 'INLINE' }, { MaxConcurrency: 2 }),
    Each: map('Child', { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' }, { ToleratedFailurePercentage: 50 }),
    Both: { Type: 'Parallel', Branches: [calling('Left'), sequence({ Right: task('call') })] },
  },
  { TimeoutSeconds: 400 },
);

/** Lets the microtasks run out, and those of whatever they set off. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

type Step = 'answer' | 'fail' | 'busy' | 'advance' | 'stop';

interface Call {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Loading a machine takes longer than running it, so all schedules are played on one. */
function world(retryDelays: 'real' | 'none') {
  const pending: Call[] = [];
  const call = () => new Promise((resolve, reject) => pending.push({ resolve, reject }));
  return { pending, local: localStepFunctions(definition, { call }, { retryDelays }) };
}

/** Plays a schedule: after each step everything comes to rest, which is what is under test. */
async function play({ pending, local }: ReturnType<typeof world>, steps: readonly Step[]) {
  pending.length = 0;
  const { activity } = local.stepFunctions;
  const start = { stateMachineArn: MACHINE_ARN, input: '{"items":[1,2,3]}' };
  const { executionArn } = await local.stepFunctions.startExecution(start);
  const act: Record<Step, () => unknown> = {
    answer: () => pending.shift()?.resolve('answer'),
    fail: () => pending.shift()?.reject(namedError('Bad')),
    busy: () => pending.shift()?.reject(namedError('Busy')),
    advance: () => local.clock.advance(),
    stop: () => local.stepFunctions.stopExecution(executionArn),
  };
  const counts: number[] = [];
  for (const step of [...steps, 'stop' as const]) {
    act[step]();
    await rest();
    counts.push(activity.computing);
  }
  return { counts, sleeping: local.clock.sleeping };
}

describe('activity', () => {
  it('is 0 whenever everything is blocked or has ended, and nothing is left asleep', async () => {
    const worlds = { real: world('real'), none: world('none') };
    const step = fc.constantFrom<Step>('answer', 'answer', 'answer', 'fail', 'busy', 'advance', 'stop');
    const schedule = fc.array(step, { maxLength: 40 });
    const property = fc.asyncProperty(schedule, fc.constantFrom('real', 'none'), async (steps, delays) => {
      const { counts, sleeping } = await play(worlds[delays], steps);
      expect(counts.filter((count) => count !== 0)).toEqual([]);
      expect(sleeping).toBe(0);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('counts an execution that is computing', async () => {
    const { stepFunctions, settle } = localStepFunctions(sequence({ Wait: { Type: 'Wait', Seconds: 1 } }));
    const starting = stepFunctions.startExecution({ stateMachineArn: MACHINE_ARN });
    expect(stepFunctions.activity.computing).toBe(1);
    await starting;
    await settle();
    expect(stepFunctions.activity.computing).toBe(0);
  });

  it('tells those who asked when it has come to rest, until they ask no more', async () => {
    const local = localStepFunctions(sequence({ Wait: { Type: 'Wait', Seconds: 1 } }));
    const seen: number[] = [];
    const { stepFunctions, clock } = local;
    const stop = stepFunctions.activity.onIdle(() => seen.push(clock.sleeping));
    await stepFunctions.startExecution({ stateMachineArn: MACHINE_ARN });
    await rest();
    expect(seen).toEqual([1]);
    clock.advance();
    await rest();
    expect(seen).toEqual([1, 0]);
    stop();
    await local.run();
    await rest();
    expect(seen).toEqual([1, 0]);
  });
});
