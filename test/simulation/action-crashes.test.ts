import { expect, test } from '@jest/globals';
import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import { seededRandom } from '../../src/local/invocation-gate.ts';
import { briefPlan, type MachineWorld, newMachineWorld } from '../statemachines/machine-world.ts';

/**
 * One action is carried out again and again. Each time another of its calls, of DynamoDB, of the bus or of its tool, goes wrong: with an error
 * that passes, before or after it took effect, or with the death of the whole execution. Afterwards the plan cycle goes on until nothing is
 * left to do.
 */
interface Mishap {
  /** Which of the execution's calls, from 0. */
  readonly at: number;
  readonly when: 'BEFORE' | 'AFTER';
  readonly what: 'ERROR' | 'DEATH';
  /** A person aborts the plan just before. */
  readonly abort?: boolean;
}

const INTENT = actionIntentId('p1', 's1', 1);
const SCOPE = { tenant_id: 'acme', account_id: 'a1' };
/** Longer than an execution may run before it counts as dead, twice over, in minutes. */
const LONG_ENOUGH = 260;
const STEP_MINUTES = 20;

const OUTCOMES = ['ACTION_EXECUTED', 'ACTION_FAILED'];

const passing = () => Object.assign(new Error('as the test wants it'), { name: 'ThrottlingException' });
const died = () => Object.assign(new Error('it died'), { name: 'Died' });

interface Run {
  /** How many calls the execution made. */
  readonly calls: number;
  readonly wrong: readonly string[];
  readonly outcome: string;
}

/** Lets the calls of executions go wrong as planned; a dead execution makes no call any more. */
const befall = (m: MachineWorld, mishaps: readonly Mishap[]) => {
  const state = { calls: 0, dead: false, told: 0, aborting: false };
  const inExecution = () => m.executions().some(({ status }) => status === 'RUNNING');
  const die = (): never => {
    state.dead = true;
    for (const { executionArn, status } of m.executions())
      if (status === 'RUNNING') void m.system.stepFunctions.stopExecution(executionArn, 'Died');
    throw died();
  };
  const abort = async (): Promise<void> => {
    state.aborting = true;
    await m.tell('p1', { do: 'abort', reason: 'lost' });
    state.aborting = false;
  };
  const around = async <T>(_what: string, carryOut: () => Promise<T>): Promise<T> => {
    if (state.aborting) return carryOut();
    if (!inExecution()) {
      state.dead = false;
      return carryOut();
    }
    if (state.dead) throw died();
    const index = state.calls;
    state.calls += 1;
    const mishap = mishaps.find(({ at }) => at === index);
    if (mishap?.abort) await abort();
    const goWrong = () => (mishap?.what === 'DEATH' ? die() : Promise.reject(passing()));
    if (mishap?.when === 'BEFORE') return goWrong();
    const answer = await carryOut();
    return mishap ? goWrong() : answer;
  };
  m.call = around;
  const { putEvents } = m.system.bus;
  Object.assign(m.system.bus, {
    putEvents: (input: Parameters<typeof putEvents>[0]) =>
      around('PutEvents', async () => {
        if (input.Entries?.some(({ DetailType = '' }) => OUTCOMES.includes(DetailType))) state.told += 1;
        return putEvents(input);
      }),
  });
  return state;
};

const check = async (m: MachineWorld, told: number): Promise<Pick<Run, 'wrong' | 'outcome'>> => {
  const notes = await m.world.rows('INTERNAL_NOTES_TABLE_NAME');
  const outcome = await m.system.runtime.executions.outcome(SCOPE, INTENT);
  const { plan_status, steps } = await m.plan('p1');
  const entries = (await m.world.rows('LEDGER_TABLE_NAME')).length;
  const signals = (await m.world.rows('SIGNALS_TABLE_NAME')).length;
  const succeeded = outcome?.status === 'SUCCEEDED';
  const known = outcome?.error_code !== 'OUTCOME_UNKNOWN';
  const rules: [string, boolean][] = [
    ['the action took effect more than once', notes.length > 1],
    ['there is no outcome', outcome === undefined],
    ['it succeeded without an effect', succeeded && notes.length === 0],
    ['it failed, allegedly without an effect', !succeeded && known && notes.length > 0],
    ['the plan has not learned of it', steps[0]?.in_flight !== undefined],
    ['the plan says otherwise', succeeded !== (plan_status === 'COMPLETED')],
    ['ledger and signals do not tell of it once', entries !== 1 || signals !== 1],
    ['the bus was not told of its success', succeeded && told === 0],
  ];
  return {
    wrong: rules.filter(([, broken]) => broken).map(([rule]) => rule),
    outcome: succeeded ? 'SUCCEEDED' : (outcome?.error_code ?? 'none'),
  };
};

const play = async (mishaps: readonly Mishap[]): Promise<Run> => {
  const m = await newMachineWorld();
  try {
    await m.introduce({ plans: [briefPlan('p1')] });
    // The machine waits before it tries again; a claim that its holder left behind has lapsed by then.
    m.intercept.set('InvokeTool', ({ retryCount }, invoke) => {
      if (retryCount > 0) m.wait(1);
      return invoke();
    });
    const state = befall(m, mishaps);
    await m.cycle();
    for (let minutes = 0; minutes < LONG_ENOUGH; minutes += STEP_MINUTES) {
      if ((await m.plan('p1')).steps[0]?.in_flight === undefined) break;
      m.wait(STEP_MINUTES);
      await m.cycle();
    }
    if (mishaps.some(({ abort }) => abort))
      return { calls: state.calls, wrong: await checkAborted(m, state.told), outcome: 'ABORTED' };
    return { calls: state.calls, ...(await check(m, state.told)) };
  } finally {
    m.call = undefined;
    await m.close();
  }
};

/** What must hold of an action whose plan was aborted in the middle of it. */
const checkAborted = async (m: MachineWorld, told: number): Promise<string[]> => {
  const notes = await m.world.rows('INTERNAL_NOTES_TABLE_NAME');
  const { executions } = m.system.runtime;
  const [execution, outcome] = [await executions.get(SCOPE, INTENT), await executions.outcome(SCOPE, INTENT)];
  const { plan_status, steps } = await m.plan('p1');
  const entries = (await m.world.rows('LEDGER_TABLE_NAME')).length;
  const signals = (await m.world.rows('SIGNALS_TABLE_NAME')).length;
  const outcomes = execution ? 1 : 0;
  const known = outcome?.error_code !== 'OUTCOME_UNKNOWN';
  const rules: [string, boolean][] = [
    ['the plan is not aborted', plan_status !== 'ABORTED'],
    ['the action took effect more than once', notes.length > 1],
    ['it took effect without an execution', notes.length === 1 && !execution],
    ['the execution has no outcome', execution !== undefined && outcome === undefined],
    ['it failed, allegedly without an effect', outcome?.status === 'FAILED' && known && notes.length > 0],
    ['it succeeded without an effect', outcome?.status === 'SUCCEEDED' && notes.length === 0],
    ['the plan has not learned of it', steps[0]?.in_flight !== undefined],
    ['ledger and signals do not tell of it once', entries !== outcomes || signals !== outcomes],
    ['the bus was not told', outcomes === 1 && told === 0],
  ];
  return rules.filter(([, broken]) => broken).map(([rule]) => rule);
};

const KINDS = (['BEFORE', 'AFTER'] as const).flatMap((when) =>
  (['ERROR', 'DEATH'] as const).map((what) => ({ when, what })),
);

test('whichever call of an action goes wrong, nothing is done twice, lost, or told wrongly', async () => {
  const { calls, wrong, outcome } = await play([]);
  expect([wrong, outcome]).toEqual([[], 'SUCCEEDED']);
  expect(calls).toBeGreaterThan(15);
  const found: unknown[] = [];
  const outcomes = new Map<string, number>();
  for (let at = 0; at < calls; at += 1) {
    for (const kind of KINDS) {
      const run = await play([{ at, ...kind }]);
      if (run.wrong.length > 0) found.push({ at, ...kind, ...run });
      const name = `${kind.what} ${run.outcome}`;
      outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
    }
  }
  expect(found).toEqual([]);
  // An error that passes costs nothing; an execution that died is taken over under the same key.
  expect([...outcomes.keys()].sort()).toEqual(['DEATH SUCCEEDED', 'ERROR SUCCEEDED']);
}, 120_000);

test('nor when it dies just after its plan was aborted: the plan and the bus hear of it nevertheless', async () => {
  const { calls } = await play([]);
  const found: unknown[] = [];
  for (let at = 0; at < calls; at += 1) {
    const { wrong } = await play([{ at, when: 'AFTER', what: 'DEATH', abort: true }]);
    if (wrong.length > 0) found.push({ at, wrong });
  }
  expect(found).toEqual([]);
}, 120_000);

/** How many pairs are played. */
const PAIRS = 24;

test('nor when two of them do', async () => {
  const random = seededRandom(20261121);
  const { calls } = await play([]);
  const mishap = (): Mishap => {
    const at = Math.floor(random() * calls);
    return { at, ...KINDS[Math.floor(random() * KINDS.length)] } as Mishap;
  };
  const found: unknown[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const mishaps = [mishap(), mishap()];
    const run = await play(mishaps);
    if (run.wrong.length > 0) found.push({ mishaps, ...run });
  }
  expect(found).toEqual([]);
}, 120_000);
