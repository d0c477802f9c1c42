/** The partition a plan, an intent or a budget stands in. */
export interface Scope {
  readonly tenant_id: string;
  readonly account_id: string;
}
