import {
  budgetStateSk,
  executionSk,
  intentSk,
  outcomeSk,
  scopePk,
} from '../../../src/adapters/dynamodb/keys.ts';
import { actionOutcome } from '../../../src/domain/execution/execution.ts';
import { signalOf } from '../../../src/domain/execution/signal.ts';
import { type BudgetUse, budgetUse } from '../../../src/domain/ledger/budget-use.ts';
import { canonicalHash } from '../../../src/domain/ledger/canonical-json.ts';
import type { LedgerEntry } from '../../../src/domain/ledger/plan-ledger.ts';
import type { PlanEvent } from '../../../src/domain/plan/plan-event.ts';
import { effectSk } from './actions.ts';
import type { Row } from './raw-table-reader.ts';
import type { Rig } from './rig.ts';
import { approvedIntents, type Watch } from './watch.ts';
import { type PlanRows, type WatchedKey, wholePlanViolations } from './watched-plan.ts';

interface Attempt {
  readonly id: string;
  readonly action_type: string;
  readonly approved: boolean;
  readonly completed: boolean;
  /** Its outcome is in the ledger. */
  readonly applied: boolean;
  /** Its plan has ended. */
  readonly over: boolean;
  /** Sort key of the row that it makes. */
  readonly effect_sk: string;
}

const PLAN_ENDS: readonly string[] = ['PLAN_COMPLETED', 'PLAN_ABORTED', 'PLAN_EXPIRED'];
const ENDS: readonly string[] = ['STEP_COMPLETED', 'STEP_FAILED', 'STEP_OUTCOME_RECORDED'];

type Started = Extract<PlanEvent, { event_type: 'STEP_STARTED' }>['data'];

const isOf = (event: PlanEvent, { step_id, attempt }: Started): boolean => {
  const { data } = event;
  return 'attempt' in data && data.step_id === step_id && data.attempt === attempt;
};

const attemptsOf = (tenant_id: string, entries: readonly LedgerEntry[]): Attempt[] => {
  const approved = approvedIntents(entries);
  const events = entries as readonly PlanEvent[];
  const over = events.some(({ event_type }) => PLAN_ENDS.includes(event_type));
  return events.flatMap((event) => {
    if (event.event_type !== 'STEP_STARTED') return [];
    const { action_type, action_intent_id } = event.data;
    const ends = events.filter((other) => ENDS.includes(other.event_type) && isOf(other, event.data));
    const edits = events.flatMap((other) =>
      other.event_type === 'STEP_INTENT_EDITED' && isOf(other, event.data) ? [other.data] : [],
    );
    // Only the newest of an attempt's intents can be approved, and have an effect.
    return [{ action_intent_id, parameters: {} }, ...edits].map((intent, index) => {
      const { action_intent_id: id, parameters } = intent;
      const isNewest = index === edits.length;
      const completed = isNewest && ends.some(({ event_type }) => event_type === 'STEP_COMPLETED');
      const is = { approved: approved.has(id), completed, applied: isNewest && ends.length > 0, over };
      const effect_sk = effectSk({ tenant_id, action_type, action_intent_id: id }, parameters);
      return { id, action_type, ...is, effect_sk };
    });
  });
};

const content = ({ pk: _pk, sk: _sk, ...rest }: Row): Row => rest;

const attemptViolations = (
  attempt: Attempt,
  rowsOf: (sk: string) => Row | undefined,
  told: ReadonlySet<string>,
): string[] => {
  const { id, approved, completed, applied, over, effect_sk } = attempt;
  const intent = rowsOf(intentSk(id));
  const outcome = rowsOf(outcomeSk(id));
  const execution = rowsOf(executionSk(id));
  const effect = rowsOf(effect_sk);
  const isClosed = outcome !== undefined;
  return [
    ...(intent ? [] : ['has no row']),
    ...(intent?.status === 'APPROVED' && !approved ? ['is APPROVED, and its ledger does not say so'] : []),
    ...(intent?.status === 'PENDING_APPROVAL' && approved
      ? ['waits for an approval that its ledger has']
      : []),
    ...(effect && !approved ? ['had its effect without an approval'] : []),
    ...(effect && !execution ? ['had its effect without an execution'] : []),
    ...(completed && !effect ? ['is complete without its effect'] : []),
    ...(completed && outcome?.status !== 'SUCCEEDED' ? ['is complete without an outcome that says so'] : []),
    ...(over && approved && !applied ? ['was approved, and its plan never heard how it ended'] : []),
    ...(isClosed && applied && !told.has(signalOf(actionOutcome.parse(content(outcome))).signalId)
      ? ['was applied to its plan before the bus was told']
      : []),
    ...(isClosed && execution?.status !== outcome?.status
      ? [`ended ${outcome?.status}, its execution is ${execution?.status}`]
      : []),
  ].map((what) => `intent ${id} ${what}`);
};

/** What stands otherwise in the tables than it did when it was last written. */
const changedUnseen = (seen: PlanRows | undefined, rows: PlanRows): string[] => {
  const whatOf = { 'its row': 'plan', 'its due time': 'dueAt', 'its ledger': 'entries' } as const;
  const changed = Object.entries(whatOf)
    .filter(([, name]) => canonicalHash({ was: seen?.[name] }) !== canonicalHash({ was: rows[name] }))
    .map(([what]) => what);
  const attempts = [...rows.attempts].filter(
    ([sk, attempt]) => canonicalHash(attempt) !== canonicalHash(seen?.attempts.get(sk)),
  );
  return [...changed, ...attempts.map(([sk]) => sk)].map(
    (what) => `plan ${rows.plan.plan_id}: ${what} is not what it was`,
  );
};

const ofPlan = async ({ raw, names }: Rig, watch: Watch, key: WatchedKey): Promise<string[]> => {
  const rows = await watch.reread(key.plan_id);
  if (!rows) return [`plan ${key.plan_id}: its row is gone`];
  const changed = changedUnseen(watch.plans.get(key.plan_id), rows);
  const attempts = attemptsOf(key.tenant_id, rows.entries);
  const found = [...wholePlanViolations(rows), ...changed];
  if (attempts.length === 0) return found;
  const keysOf = (...skOf: ((id: string) => string)[]) =>
    attempts.flatMap(({ id }) => skOf.map((sk) => ({ pk: scopePk(key), sk: sk(id) })));
  const effects = (table: string, prefix: string) => {
    const ofTable = attempts.filter(({ effect_sk }) => effect_sk.startsWith(prefix));
    return ofTable.length === 0
      ? {}
      : { [table]: ofTable.map(({ effect_sk }) => ({ pk: scopePk(key), sk: effect_sk })) };
  };
  const answer = await raw.rows({
    [names.ACTION_INTENT_TABLE_NAME]: keysOf(intentSk),
    [names.EXECUTION_ATTEMPTS_TABLE_NAME]: keysOf(executionSk),
    [names.EXECUTION_OUTCOMES_TABLE_NAME]: keysOf(outcomeSk),
    ...effects(names.INTERNAL_NOTES_TABLE_NAME, 'NOTE#'),
    ...effects(names.INTERNAL_TASKS_TABLE_NAME, 'TASK#'),
  });
  const bySk = new Map(
    Object.values(answer).flatMap((some) => some.map((row) => [String(row.sk), row] as const)),
  );
  return [
    ...found,
    ...attempts.flatMap((attempt) => attemptViolations(attempt, (sk) => bySk.get(sk), watch.told)),
  ];
};

const budgetViolations = async ({ raw, names }: Rig, watch: Watch): Promise<string[]> => {
  const uses = budgetUse([...watch.plans.values()].map(({ entries }) => entries));
  if (uses.length === 0) return [];
  const keyOf = (use: BudgetUse) => ({ pk: scopePk(use), sk: budgetStateSk(use.day) });
  const table = names.AUTONOMY_BUDGET_STATE_TABLE_NAME;
  const { [table]: rows = [] } = await raw.rows({ [table]: uses.map(keyOf) });
  return uses.flatMap((use) => {
    const { pk, sk } = keyOf(use);
    const row = rows.find((one) => one.pk === pk && one.sk === sk);
    const { total = 0, settled = 0 } = row ?? {};
    return total === use.taken && settled === use.settled
      ? []
      : [`${pk} ${sk} says ${total} taken, ${settled} settled, its ledgers ${use.taken} and ${use.settled}`];
  });
};

/** Everything once more, from whole ledgers, with the rows that stand beside them. */
export const finalViolations = async (
  rig: Rig,
  watch: Watch,
  keys: readonly WatchedKey[],
): Promise<string[]> => {
  const ofPlans = await Promise.all(keys.map((key) => ofPlan(rig, watch, key)));
  return [...ofPlans.flat(), ...(await budgetViolations(rig, watch))];
};
