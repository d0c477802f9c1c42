import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Metrics } from '../../src/application/ports/observability.ts';
import { METRICS, METRICS_NAMESPACE, type MetricName } from '../../src/runtime/metric-names.ts';
import { createMetrics, noMetrics } from '../../src/runtime/metrics.ts';
import { newOutcome } from '../support/outcomes.ts';

const ON_LAMBDA = { AWS_LAMBDA_FUNCTION_NAME: 'cc-native-dev-record-outcome', STAGE: 'dev' };
const EVERYWHERE = { service: 'cc-native', stage: 'dev' };

const written: string[] = [];
const complaints: string[] = [];

beforeEach(() => {
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => complaints.push(String(text)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.POWERTOOLS_METRICS_DISABLED;
  written.length = 0;
  complaints.length = 0;
});

interface EmbeddedMetric {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [value: string]: unknown;
}

/** What CloudWatch makes of one line: each metric with each set of dimensions. */
const datapoints = (line: string) => {
  const { _aws, ...values } = JSON.parse(line) as EmbeddedMetric;
  const of = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, values[name]]));
  return _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics: metrics }) =>
    metrics.flatMap(({ Name, Unit }) =>
      Dimensions.map((names) => ({
        ...{ namespace: Namespace, name: Name, unit: Unit, value: values[Name] },
        dimensions: of(names),
      })),
    ),
  );
};

const emitted = (use: (metrics: Metrics) => void, environment: Record<string, string> = ON_LAMBDA) => {
  written.length = 0;
  use(createMetrics(environment));
  return written.flatMap(datapoints);
};

/** Name, value and dimensions besides those that every metric has. */
const told = (use: (metrics: Metrics) => void) =>
  emitted(use).map(({ name, value, dimensions }) => {
    const { service, stage, ...own } = dimensions;
    expect({ service, stage }).toEqual(EVERYWHERE);
    return [name, value, own];
  });

const toolCall = {
  tool_name: 'crm.create_task',
  connector: 'crm',
  latency_ms: 120,
  result: 'SUCCEEDED',
} as const;

describe('the metrics of an outcome', () => {
  test('count it for the stage and for its tool, with its duration and no failure', () => {
    expect(told((metrics) => metrics.outcome(newOutcome()))).toEqual([
      ['ActionOutcomes', 1, {}],
      ['ActionFailures', 0, {}],
      ['ActionDuration', 60_000, {}],
      ['ExecutionRetries', 0, {}],
      ['ActionOutcomes', 1, { tool_name: 'internal.create_note', status: 'SUCCEEDED' }],
    ]);
  });

  test('count a failure, and the executions before the last one', () => {
    const points = told((metrics) => metrics.outcome(newOutcome({ status: 'FAILED', attempt_count: 3 })));
    expect(points).toContainEqual(['ActionFailures', 1, {}]);
    expect(points).toContainEqual(['ExecutionRetries', 2, {}]);
    expect(points).toContainEqual([
      'ActionOutcomes',
      1,
      { tool_name: 'internal.create_note', status: 'FAILED' },
    ]);
  });

  test('count no retry of an intent that was never taken', () => {
    const points = told((metrics) => metrics.outcome(newOutcome({ attempt_count: 0 })));
    expect(points).toContainEqual(['ExecutionRetries', 0, {}]);
  });
});

describe('the metrics of a call', () => {
  test.each(['SUCCEEDED', 'DOWNSTREAM'] as const)(
    'of a connector that is %s: the tool, the result, how long it took',
    (result) => {
      expect(told((metrics) => metrics.toolCall({ ...toolCall, result }))).toEqual([
        ['ToolCalls', 1, { tool_name: 'crm.create_task', result }],
        ['ToolLatency', 120, { tool_name: 'crm.create_task' }],
      ]);
    },
  );

  test.each(['CIRCUIT_OPEN', 'BUSY'] as const)(
    'that the guard refused as %s: whom it spared, and no latency',
    (result) => {
      expect(told((metrics) => metrics.toolCall({ ...toolCall, result }))).toEqual([
        ['ToolCalls', 1, { tool_name: 'crm.create_task', result }],
        ['ConnectorRefused', 1, { connector: 'crm', reason: result }],
      ]);
    },
  );

  test.each([
    [true, 0],
    [false, 1],
  ])('through the gateway, answered: %s, errors: %d', (ok, errors) => {
    expect(
      told((metrics) => metrics.gatewayCall({ tool_name: 'crm.create_task', ok, latency_ms: 80 })),
    ).toEqual([
      ['GatewayCalls', 1, {}],
      ['GatewayErrors', errors, {}],
      ['GatewayLatency', 80, {}],
    ]);
  });

  test.each([
    ['COMPLETED', 0],
    ['FAILED', 1],
  ] as const)('that undoes another and is %s, failures: %d', (status, failures) => {
    expect(told((metrics) => metrics.compensation({ tool_name: 'crm.create_task', status }))).toEqual([
      ['CompensationFailures', failures, {}],
      ['Compensations', 1, { status }],
    ]);
  });
});

describe('metrics', () => {
  const everyCall = (metrics: Metrics): void => {
    metrics.outcome(newOutcome());
    metrics.toolCall(toolCall);
    metrics.toolCall({ ...toolCall, result: 'BUSY' });
    metrics.gatewayCall({ tool_name: 'crm.create_task', ok: true, latency_ms: 80 });
    metrics.compensation({ tool_name: 'crm.create_task', status: 'COMPLETED' });
  };
  const sorted = (of: readonly (readonly unknown[])[]) => of.map((each) => JSON.stringify(each)).sort();

  test('are those of the table, each in its unit and by its dimensions, in one namespace', () => {
    const points = emitted(everyCall);
    const seen = points.map(({ name, unit, dimensions }) => [name, unit, Object.keys(dimensions)]);
    const named = Object.entries(METRICS).flatMap(([name, { unit, dimensions }]) =>
      dimensions.map((own) => [name as MetricName, unit, ['service', 'stage', ...own]]),
    );
    expect([...new Set(sorted(seen))]).toEqual(sorted(named));
    expect(new Set(points.map(({ namespace }) => namespace))).toEqual(new Set([METRICS_NAMESPACE]));
  });

  test('are of an unknown stage where none is named', () => {
    const points = emitted(everyCall, { AWS_LAMBDA_FUNCTION_NAME: 'f' });
    expect(new Set(points.map(({ dimensions }) => dimensions.stage))).toEqual(new Set(['unknown']));
  });

  test('carry nothing from one call to the next, and give the library nothing to warn of', () => {
    const metrics = createMetrics(ON_LAMBDA);
    everyCall(metrics);
    const first = written.splice(0).flatMap(datapoints);
    everyCall(metrics);
    expect(written.flatMap(datapoints)).toEqual(first);
    expect(complaints).toEqual([]);
  });

  test.each([
    ['outside Lambda', () => createMetrics({ STAGE: 'dev' })],
    ['where nobody wants them', () => noMetrics],
  ])('are not written %s', (_, make) => {
    everyCall(make());
    expect(written).toEqual([]);
  });

  test('are not written where the process’s environment disables them', () => {
    process.env.POWERTOOLS_METRICS_DISABLED = 'true';
    expect(emitted(everyCall)).toEqual([]);
  });
});
