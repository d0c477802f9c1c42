import { tenantPk } from '../../../src/adapters/dynamodb/keys.ts';

/** What is known of kill switches: how they stand, and what each actor saw when it last asked. */
export class WatchedSwitches {
  readonly #table: string;
  readonly #stopped = new Set<string>();
  /** Tenants that were stopped when an actor last read the switches, by the actor. */
  readonly #seen = new Map<string, ReadonlySet<string>>();

  constructor(table: string) {
    this.#table = table;
  }

  /** Whoever threw the switch has been told that it is thrown. */
  thrown(tenantId: string): void {
    this.#stopped.add(tenantPk(tenantId));
  }

  /** Somebody is about to release the switch. */
  released(tenantId: string): void {
    this.#stopped.delete(tenantPk(tenantId));
  }

  /** An actor is about to act, and must ask first. */
  toBeAsked(by: string): void {
    this.#seen.delete(by);
  }

  /** A call that is about to be carried out for an actor. */
  read(operation: string, input: object, by: string): void {
    const { RequestItems } = input as { RequestItems?: object };
    if (operation === 'BatchGetItem' && RequestItems && this.#table in RequestItems)
      this.#seen.set(by, new Set(this.#stopped));
  }

  /** Why an action of a partition must not have had an effect just now, as far as the switches say. */
  violations(pk: string, by: string): string[] {
    const seen = this.#seen.get(by);
    if (!seen) return [`${by} has acted without having asked the kill switches`];
    const stopped = [...seen].some((tenant) => pk.startsWith(`${tenant}#`));
    return stopped ? [`${by} has acted for ${pk} although its kill switch was thrown when it asked`] : [];
  }
}
