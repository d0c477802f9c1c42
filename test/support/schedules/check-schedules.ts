import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { type FreshTables, freshTables } from '../dynamodb.ts';
import { FAULTS } from './faults.ts';
import { type Schedule, schedule } from './random-schedule.ts';
import { newRig, type Rig } from './rig.ts';
import { prepareRig, runSchedule, type ScheduleEnd } from './run-schedule.ts';

/*
 * Schedules prove something only if they fail when a rule is broken. Tried on copies of the code, with the schedules of one file:
 * - without the conditions PLAN_UNCHANGED and ENTRY_IS_NEW of a plan's commit (either alone keeps the ledger whole): in the first schedule
 *   entries are written over and the row is not the fold of its ledger;
 * - without NO_OTHER_IS_ACTIVE: within 20, two plans are ACTIVE for one account;
 * - with a start that goes on although another execution owns the intent: within 265, an action is carried out by one that does not own it.
 */

/** Schedules in all, over the files of test/simulation. */
const SCHEDULES = Number(process.env.SCHEDULES ?? 2000);
const FILES = 4;
/** As a failure prints it: the seed, and the path to the schedule. */
const [SEED, PATH] = (process.env.SCHEDULE_SEED ?? '').split('/');

const NAME_LENGTH = 12;

/** The same schedule has the same ids, and so the same course, wherever it stands in a run. */
const nameOf = (of: Schedule): string =>
  `r${createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, NAME_LENGTH)}`;

/** Plays schedules one after the other on the same tables. */
const player = (tables: FreshTables, rig: Rig) => {
  const played = new Set<string>();
  return async (of: Schedule): Promise<ScheduleEnd> => {
    const name = nameOf(of);
    if (played.size === 0 || played.has(name)) {
      await tables.clear();
      await prepareRig(rig);
    }
    played.add(name);
    return runSchedule(rig, name, of);
  };
};

const report = ({
  seed,
  counterexamplePath,
  counterexample,
  errorInstance,
}: fc.RunDetails<[Schedule]>): string =>
  [
    `SCHEDULE_SEED=${seed}/${counterexamplePath} npm run jest -- test/simulation/schedules-1.test.ts plays it again, and looks for a smaller one:`,
    JSON.stringify(counterexample?.[0]),
    (errorInstance as Error | undefined)?.message,
  ].join('\n');

/** What must have happened while calls went wrong in any 500 schedules, or they prove too little. */
const ROUGHNESS = [
  ...FAULTS,
  'EVENT_LOST',
  'EVENT_TWICE',
  ...['STOP', 'DISABLE', 'BUDGET', 'STEP_INTENT_EDITED', 'STEP_APPROVAL_ESCALATED'],
  'RepairStep',
  'PostponePlan',
  'RecordFailure',
  'ApplyStepOutcome',
];

/**
 * Plays this file's share of the schedules; gives back what did not happen in them and should have.
 *
 * @throws Error with everything that is wrong with the first schedule that goes wrong.
 */
export const checkSchedules = async (file: number): Promise<string[]> => {
  // Not released: to clear the thousands of rows of these schedules takes the server as long as a hundred of them.
  const tables = await freshTables();
  const play = player(tables, newRig(tables));
  const happened = new Set<string>();
  const property = fc.asyncProperty(schedule, async (of) => {
    const end = await play(of);
    for (const what of end.happened) happened.add(what);
    if (end.violations.length > 0) throw new Error(end.violations.join('\n'));
  });
  const again = SEED
    ? { seed: Number(SEED), ...(PATH && { path: PATH }) }
    : { seed: file, endOnFailure: true };
  const details = await fc.check(property, { numRuns: Math.ceil(SCHEDULES / FILES), ...again });
  if (details.failed) throw new Error(report(details));
  return SEED ? [] : ROUGHNESS.filter((what) => !happened.has(what));
};

/** Time for this many schedules on a busy machine, in milliseconds. */
export const SCHEDULES_TIMEOUT_MS = 60_000 + SCHEDULES * 1000;
