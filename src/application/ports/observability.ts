import type { ConnectorId } from '../../contracts/tools.ts';
import type { ErrorClass } from '../../domain/execution/error-class.ts';
import type { ActionOutcome } from '../../domain/execution/execution.ts';

/** Counts and durations for whoever operates the system. */
export interface Metrics {
  /** One execution that has come to an outcome. */
  outcome(of: ActionOutcome): void;
  /** One call of a connector: how long it took, in milliseconds, and what came of it; `state` as the guard saw it. */
  toolCall(of: {
    readonly tool_name: string;
    readonly connector: ConnectorId;
    readonly latency_ms: number;
    readonly result: 'SUCCEEDED' | ErrorClass | 'CIRCUIT_OPEN' | 'BUSY';
  }): void;
  /** One try at a tool through the gateway; `ok` is false when there was no answer that made sense. */
  gatewayCall(of: { readonly tool_name: string; readonly ok: boolean; readonly latency_ms: number }): void;
  compensation(of: {
    readonly tool_name: string;
    readonly status: ActionOutcome['compensation_status'];
  }): void;
}

export interface Log {
  info(message: string, data?: Readonly<Record<string, unknown>>): void;
  error(message: string, data?: Readonly<Record<string, unknown>>): void;
}
