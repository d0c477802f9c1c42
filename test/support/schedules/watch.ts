import { eventSk, planPk } from '../../../src/adapters/dynamodb/keys.ts';
import type { TableNames } from '../../../src/adapters/dynamodb/table-names.ts';
import { actionIntentId } from '../../../src/domain/intent/action-intent.ts';
import type { LedgerEntry } from '../../../src/domain/ledger/plan-ledger.ts';
import type { PlanEvent } from '../../../src/domain/plan/plan-event.ts';
import { type WrittenKey, type WrittenRow, writesOf } from './observed-writes.ts';
import type { RawTables, Row } from './raw-table-reader.ts';
import { WatchedBudgets } from './watched-budgets.ts';
import { type PlanRows, planViolations, readWhole, readWritten, type WatchedKey } from './watched-plan.ts';
import { WatchedSwitches } from './watched-switches.ts';

/** Ids of the intents that a ledger says were approved. */
export const approvedIntents = (entries: readonly LedgerEntry[]): Set<string> => {
  const inFlight = new Map<string, string>();
  const approved = new Set<string>();
  for (const { event_type, data } of entries as readonly PlanEvent[]) {
    if (event_type === 'STEP_STARTED') inFlight.set(`${data.step_id}#${data.attempt}`, data.action_intent_id);
    if (event_type === 'STEP_INTENT_EDITED')
      inFlight.set(`${data.step_id}#${data.attempt}`, data.action_intent_id);
    const id = event_type === 'STEP_APPROVED' && inFlight.get(`${data.step_id}#${data.attempt}`);
    if (id) approved.add(id);
  }
  return approved;
};

/** What is found wrong while a schedule runs, and everything that is known of its plans. */
export class Watch {
  readonly violations: string[] = [];
  readonly plans = new Map<string, PlanRows>();
  /** The row of the newest execution of each intent. */
  readonly executions = new Map<string, Row>();
  /** Ids of the signals and escalations that the bus was told. */
  readonly told = new Set<string>();
  readonly switches: WatchedSwitches;
  readonly #budgets = new WatchedBudgets();
  readonly #raw: RawTables;
  readonly #names: TableNames;
  readonly #keys: ReadonlyMap<string, WatchedKey>;

  constructor(raw: RawTables, names: TableNames, keys: readonly WatchedKey[]) {
    this.#raw = raw;
    this.#names = names;
    this.switches = new WatchedSwitches(names.KILL_SWITCHES_TABLE_NAME);
    this.#keys = new Map(keys.map((key) => [key.plan_id, key]));
  }

  /** Looks at everything that a call has changed, right after it was carried out for `by`. */
  async written(operation: string, input: object, by: string): Promise<void> {
    const writes = writesOf(operation, input);
    for (const planId of this.#keys.keys())
      if (writes.some(({ table, key }) => this.#isPlan(table) && key.sk === planPk(planId)))
        await this.#look(planId, writes);
    for (const write of writes) this.#put(write, by);
  }

  /** Looks at a plan that was just created, in so many ledger entries. */
  async created(planId: string, entries: readonly LedgerEntry[]): Promise<void> {
    const table = this.#names.PLAN_LEDGER_TABLE_NAME;
    const keys = entries.map(({ seq }) => ({ pk: planPk(planId), sk: eventSk(seq) }));
    await this.#look(
      planId,
      keys.map((key) => ({ table, key })),
    );
  }

  /** Reads a plan and its whole ledger again. */
  async reread(planId: string): Promise<PlanRows | undefined> {
    const key = this.#keys.get(planId);
    return key && readWhole(this.#raw, this.#names, key, this.plans.get(planId));
  }

  #isPlan(table: string): boolean {
    return table === this.#names.REVENUE_PLANS_TABLE_NAME;
  }

  #put({ table, put }: WrittenRow, by: string): void {
    const names = this.#names;
    const isEffect = table === names.INTERNAL_NOTES_TABLE_NAME || table === names.INTERNAL_TASKS_TABLE_NAME;
    if (!isEffect && table !== names.EXECUTION_ATTEMPTS_TABLE_NAME) return;
    const row = put();
    if (!row) return;
    if (isEffect) this.#executed(row, by);
    else this.#started(row);
  }

  async #look(planId: string, written: readonly WrittenKey[]): Promise<void> {
    const key = this.#keys.get(planId);
    const known = this.plans.get(planId);
    const rows = key && (await readWritten(this.#raw, this.#names, key, { known, written }));
    if (!rows) return void this.violations.push(`plan ${planId}: its row is gone`);
    this.plans.set(planId, rows);
    this.violations.push(...planViolations(rows), ...this.#rivals(rows), ...this.#untold(rows));
    this.violations.push(...this.#budgets.committed(planId, rows.entries));
  }

  /** Other plans that are ACTIVE for the same account. */
  #rivals({ plan }: PlanRows): string[] {
    if (plan.plan_status !== 'ACTIVE') return [];
    const isRival = (other: PlanRows['plan']) =>
      other.plan_status === 'ACTIVE' &&
      other.plan_id !== plan.plan_id &&
      other.account_id === plan.account_id;
    return [...this.plans.values()]
      .filter((other) => isRival(other.plan))
      .map((other) => `plans ${plan.plan_id} and ${other.plan.plan_id} are ACTIVE for one account`);
  }

  /** What was written down as escalated, and nobody was told of. */
  #untold({ plan, newEntries }: PlanRows): string[] {
    return (newEntries as readonly PlanEvent[]).flatMap(({ event_type, data }) => {
      if (event_type !== 'STEP_APPROVAL_ESCALATED') return [];
      const id = `escalation-${actionIntentId(plan.plan_id, data.step_id, data.attempt)}-${plan.account_id}`;
      return this.told.has(id) ? [] : [`${id} is in the ledger, and the bus was not told`];
    });
  }

  /** The plan whose ledger says that an intent was approved. */
  #approved(actionIntentId: string): PlanRows | undefined {
    return [...this.plans.values()].find(({ entries }) => approvedIntents(entries).has(actionIntentId));
  }

  #started(row: Row): void {
    const id = String(row.action_intent_id);
    const before = this.executions.get(id);
    this.executions.set(id, row);
    const of = this.#approved(id);
    if (!of) return void this.violations.push(`intent ${id} is executed without an approval`);
    if (before && before.owner !== row.owner && String(before.deadline_at) > String(row.started_at))
      this.violations.push(`intent ${id}: ${row.owner} takes over from ${before.owner}, which may be alive`);
  }

  #executed(row: Row, by: string): void {
    const id = String(row.action_intent_id);
    if (!this.#approved(id)) this.violations.push(`intent ${id} had its effect without an approval`);
    this.violations.push(...this.switches.violations(String(row.pk), by));
    const owner = this.executions.get(id)?.owner;
    if (owner !== by) this.violations.push(`intent ${id} is carried out by ${by} and owned by ${owner}`);
  }
}
