import type { ConnectorId, ToolAnswer } from '../../contracts/tools.ts';
import type { ExternalObjectRef } from '../../domain/execution/execution.ts';
import type { Scope } from './scope.ts';

/** One call of a tool as it reaches its adapter. */
export interface ToolCall extends Scope {
  readonly tool_name: string;
  readonly action_intent_id: string;
  readonly idempotency_key: string;
  /** The tool's own arguments, valid by its schema. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface CompensationCall extends Omit<ToolCall, 'arguments'> {
  readonly external_object_refs: readonly ExternalObjectRef[];
}

/** The adapter of one system. What goes wrong is an answer; it throws only when it is itself at fault. */
export interface Connector {
  readonly id: ConnectorId;
  /** What is wrong with a call that its schema cannot tell, before anything is done; undefined when nothing is. */
  validate(call: ToolCall): Promise<string | undefined>;
  execute(call: ToolCall): Promise<ToolAnswer>;
  /** Undoes what the refs name; what is gone already counts as undone. */
  compensate(call: CompensationCall): Promise<ToolAnswer>;
}

export type Claim =
  /** `uncertain`: an earlier holder of the key may have acted. */
  | { readonly claimed: true; readonly uncertain: boolean }
  | { readonly claimed: false; readonly state: 'SETTLED'; readonly answer: ToolAnswer }
  | { readonly claimed: false; readonly state: 'IN_PROGRESS'; readonly until: string }
  /** An earlier holder may have acted, and the tool must not be called a second time. */
  | { readonly claimed: false; readonly state: 'UNCERTAIN' };

export type Looked =
  | { readonly state: 'FREE' | 'OPEN' }
  | { readonly state: 'SETTLED'; readonly answer: ToolAnswer };

export interface ClaimRequest extends Scope {
  readonly idempotency_key: string;
  readonly action_intent_id: string;
  readonly tool_name: string;
  /** Names this caller; what it claimed only it may settle. */
  readonly owner: string;
  readonly now: string;
  /** From when on a claim that was neither settled nor given back counts as dead. */
  readonly expires_at: string;
  /** Whether a dead or uncertain claim may be taken over. */
  readonly repeatable: boolean;
}

/** Who calls a tool under an idempotency key, and what came of it. */
export interface IdempotencyStore {
  claim(request: ClaimRequest): Promise<Claim>;
  /** Keeps the answer for whoever asks again; false when the claim is no longer the owner's. */
  settle(key: string, owner: string, answer: ToolAnswer, now: string): Promise<boolean>;
  /** Gives the claim back: nothing was done (`uncertain: false`), or nobody can tell (`true`). */
  release(key: string, owner: string, uncertain: boolean): Promise<boolean>;
  /** What is known of a key, without claiming it: nothing, an answer, or that somebody calls or may have acted. Strongly consistent. */
  look(key: string): Promise<Looked>;
  /** Takes back a settled answer whose effect was undone, so that the action can be carried out again. */
  forget(key: string): Promise<void>;
}

export interface Admission extends Pick<Scope, 'tenant_id'> {
  readonly connector: ConnectorId;
  /** Names the one call that asks to be let in. */
  readonly lease_id: string;
  readonly now: string;
}

export type Admitted =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly reason: 'CIRCUIT_OPEN' | 'BUSY'; readonly retry_at: string };

/** Keeps calls away from a system that is down, and holds how many run at once. Shared by all functions, per tenant and connector. */
export interface ConnectorGuard {
  admit(admission: Admission): Promise<Admitted>;
  /** Ends an admitted call: whether the system answered as a healthy one does. */
  leave(admission: Admission, healthy: boolean): Promise<void>;
}
