import type { Metrics } from '../../../src/application/ports/observability.ts';

/** What was told of each kind, in order. */
export type Told = { readonly [K in keyof Metrics]: Parameters<Metrics[K]>[0][] };

/** Metrics that keep what they are told. */
export const fakeMetrics = (): { readonly metrics: Metrics; readonly told: Told } => {
  const told: Told = { outcome: [], toolCall: [], gatewayCall: [], compensation: [] };
  const metrics: Metrics = {
    outcome: (of) => void told.outcome.push(of),
    toolCall: (of) => void told.toolCall.push(of),
    gatewayCall: (of) => void told.gatewayCall.push(of),
    compensation: (of) => void told.compensation.push(of),
  };
  return { metrics, told };
};
