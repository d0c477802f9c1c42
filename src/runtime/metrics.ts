import { Metrics as EmbeddedMetrics } from '@aws-lambda-powertools/metrics';
import type { Metrics } from '../application/ports/observability.ts';
import type { Environment } from './environment.ts';
import { METRICS, METRICS_NAMESPACE, METRICS_SERVICE, type MetricName } from './metric-names.ts';

type Values = Readonly<Partial<Record<MetricName, number>>>;
type Dimensions = Readonly<Record<string, string>>;
type Publish = (values: Values, dimensions?: Dimensions) => void;

/** For wherever nobody turns metrics into graphs. */
export const noMetrics: Metrics = {
  outcome: () => {},
  toolCall: () => {},
  gatewayCall: () => {},
  compensation: () => {},
};

const publisher = (stage: string): Publish => {
  const embedded = new EmbeddedMetrics({
    namespace: METRICS_NAMESPACE,
    serviceName: METRICS_SERVICE,
    defaultDimensions: { stage },
  });
  return (values, dimensions) => {
    if (dimensions) embedded.addDimensions({ ...dimensions });
    for (const [name, value] of Object.entries(values))
      embedded.addMetric(name, METRICS[name as MetricName].unit, value);
    embedded.publishStoredMetrics();
  };
};

const REFUSALS: readonly string[] = ['CIRCUIT_OPEN', 'BUSY'];

const oneIf = (condition: boolean): number => (condition ? 1 : 0);

const metricsOver = (publish: Publish): Metrics => ({
  outcome({ tool_name, status, started_at, completed_at, attempt_count }) {
    publish({
      ActionOutcomes: 1,
      ActionFailures: oneIf(status === 'FAILED'),
      ActionDuration: Date.parse(completed_at) - Date.parse(started_at),
      ExecutionRetries: Math.max(0, attempt_count - 1),
    });
    publish({ ActionOutcomes: 1 }, { tool_name, status });
  },
  toolCall({ tool_name, connector, latency_ms, result }) {
    publish({ ToolCalls: 1 }, { tool_name, result });
    if (REFUSALS.includes(result)) publish({ ConnectorRefused: 1 }, { connector, reason: result });
    else publish({ ToolLatency: latency_ms }, { tool_name });
  },
  gatewayCall({ ok, latency_ms }) {
    publish({ GatewayCalls: 1, GatewayErrors: oneIf(!ok), GatewayLatency: latency_ms });
  },
  compensation({ status }) {
    publish({ CompensationFailures: oneIf(status === 'FAILED') });
    publish({ Compensations: 1 }, { status });
  },
});

/**
 * Metrics as CloudWatch reads them out of a function's log (embedded metric format), a line on stdout for each set of dimensions, at
 * once. Anywhere but on Lambda, where `AWS_LAMBDA_FUNCTION_NAME` is set, they are `noMetrics`: the lines would only be noise. `STAGE` is
 * the dimension of that name. On Lambda the process's own POWERTOOLS_METRICS_DISABLED=true silences them.
 */
export const createMetrics = ({ AWS_LAMBDA_FUNCTION_NAME, STAGE }: Environment): Metrics =>
  AWS_LAMBDA_FUNCTION_NAME ? metricsOver(publisher(STAGE || 'unknown')) : noMetrics;
