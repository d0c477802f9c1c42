/** Where the metrics stand in CloudWatch. A test holds the alarms and the dashboard under resources/ against this file. */
export const METRICS_NAMESPACE = 'CCNative/Execution';

/** Value of the dimension `service`, which every metric has, as it has `stage`. */
export const METRICS_SERVICE = 'cc-native';

interface MetricDefinition {
  readonly unit: 'Count' | 'Milliseconds';
  /** Each list is one metric in CloudWatch, by these dimensions besides `service` and `stage`; the empty one is of the whole stage. */
  readonly dimensions: readonly (readonly string[])[];
}

/** Every metric there is. Failures and errors are counted as 0 as well, so that their share of all can be told. */
export const METRICS = {
  /** Executions that came to an outcome. */
  ActionOutcomes: { unit: 'Count', dimensions: [[], ['tool_name', 'status']] },
  ActionFailures: { unit: 'Count', dimensions: [[]] },
  /** From the start of an execution to its outcome. */
  ActionDuration: { unit: 'Milliseconds', dimensions: [[]] },
  /** Executions of the same intent before the one that came to the outcome. */
  ExecutionRetries: { unit: 'Count', dimensions: [[]] },
  /** Calls of connectors, those included that the guard refused. */
  ToolCalls: { unit: 'Count', dimensions: [['tool_name', 'result']] },
  /** Of calls that the guard let in. */
  ToolLatency: { unit: 'Milliseconds', dimensions: [['tool_name']] },
  /** Calls that the guard kept away from a connector: `CIRCUIT_OPEN` or `BUSY`. */
  ConnectorRefused: { unit: 'Count', dimensions: [['connector', 'reason']] },
  GatewayCalls: { unit: 'Count', dimensions: [[]] },
  GatewayErrors: { unit: 'Count', dimensions: [[]] },
  GatewayLatency: { unit: 'Milliseconds', dimensions: [[]] },
  Compensations: { unit: 'Count', dimensions: [['status']] },
  CompensationFailures: { unit: 'Count', dimensions: [[]] },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof METRICS;
