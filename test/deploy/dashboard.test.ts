import { describe, expect, test } from '@jest/globals';
import { METRICS_NAMESPACE } from '../../src/runtime/metric-names.ts';
import { asked, known, made } from './made-resources.ts';
import { resource } from './template.ts';

describe('the dashboard', () => {
  interface Widget {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly properties: { readonly title: string; readonly metrics: readonly unknown[][] };
  }
  const widgets = async (): Promise<Widget[]> => {
    const { Properties } = resource(await made('dashboard.js', 'dashboard'), 'Dashboard');
    expect(Properties.DashboardName).toBe('cc-native-dev');
    return JSON.parse(Properties.DashboardBody['Fn::Sub']).widgets;
  };
  const lines = async () => (await widgets()).flatMap(({ properties: { metrics } }) => metrics);

  const SEARCH = /^SEARCH\('\{([^}]+)\} MetricName="(\w+)" service="([\w-]+)" stage="(\w+)"', '\w+', 300\)$/;

  /** Metrics that a line asks for, in the form of `known`; what AWS counts by itself is none. */
  const own = ([first, name, ...rest]: unknown[]): string[] => {
    if (first === METRICS_NAMESPACE) {
      const pairs = rest.slice(0, -1);
      const dimensions = pairs.flatMap((key, index) => (index % 2 === 0 ? [[key, pairs[index + 1]]] : []));
      return [asked(String(name), Object.fromEntries(dimensions))];
    }
    const expression = (first as { expression?: string }).expression ?? '';
    const [, schema = '', metric = '', service, stage] = SEARCH.exec(expression) ?? [];
    if (!schema) return [];
    const [namespace, ...names] = schema.split(',');
    expect(namespace).toBe(METRICS_NAMESPACE);
    const values = Object.fromEntries(names.map((dimension) => [dimension, undefined]));
    return [asked(metric, { ...values, service, stage })];
  };

  test('shows every metric that the functions write, and no other', async () => {
    expect(new Set((await lines()).flatMap(own))).toEqual(known);
  });

  test('shows both queues of dead letters and both machines', async () => {
    const aws = (await lines()).filter(([namespace]) => String(namespace).startsWith('AWS/'));
    expect(new Set(aws.map(([namespace, , , of]) => `${namespace} ${of}`))).toEqual(
      new Set([
        `AWS/SQS \${ActionApprovedDeadLetters.QueueName}`,
        `AWS/SQS \${SignalDeadLetters.QueueName}`,
        `AWS/States \${ExecuteActionMachine}`,
        `AWS/States \${PlanCycleMachine}`,
      ]),
    );
  });

  test('computes with metrics that it asks for in the same widget', async () => {
    for (const {
      properties: { metrics },
    } of await widgets()) {
      const last = metrics.map((line) => line.at(-1) as { expression?: string; id?: string });
      const used = last.some(({ expression }) => expression?.startsWith('IF(')) ? ['failures', 'total'] : [];
      expect(last.flatMap(({ id }) => id ?? [])).toEqual(used);
    }
  });

  test('has a place of its own for every widget', async () => {
    const places = (await widgets()).map(({ x, y, width }) => {
      expect(x + width).toBeLessThanOrEqual(24);
      return `${x}/${y}`;
    });
    expect(new Set(places).size).toBe(places.length);
  });
});
