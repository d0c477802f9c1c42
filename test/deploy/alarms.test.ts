import { describe, expect, test } from '@jest/globals';
import { METRICS_NAMESPACE } from '../../src/runtime/metric-names.ts';
import { asked, known, made, yaml } from './made-resources.ts';
import { ofType, type Resource, resource } from './template.ts';

const template = await made('alarms.js', 'alarms');
const alarms = [...ofType(template, 'AWS::CloudWatch::Alarm')];
const properties = (logicalId: string) => resource(template, logicalId).Properties;

interface Watched {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
}
interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly ReturnData: boolean;
  readonly MetricStat?: { readonly Metric: Watched; readonly Period: number; readonly Stat: string };
}

/** The metrics of an alarm, whether it watches one or computes with several. */
const watchedBy = ({ Properties }: Resource): Watched[] =>
  Properties.Metrics
    ? Properties.Metrics.flatMap(({ MetricStat }: Query) => (MetricStat ? [MetricStat.Metric] : []))
    : [Properties];

describe('alarms', () => {
  test('are these, and no other', () => {
    expect(alarms.map(([logicalId, { Properties }]) => [logicalId, Properties.AlarmName])).toEqual([
      ['ActionFailureRatioAlarm', 'cc-native-dev-action-failure-ratio'],
      ['GatewayErrorRatioAlarm', 'cc-native-dev-gateway-error-ratio'],
      ['ActionApprovedDeadLettersAlarm', 'cc-native-dev-action-approved-dead-letters'],
      ['SignalDeadLettersAlarm', 'cc-native-dev-signal-dead-letters'],
      ['DecisionDeadLettersAlarm', 'cc-native-dev-decision-dead-letters'],
      ['StuckExecutionsAlarm', 'cc-native-dev-stuck-executions'],
      ['FailedCyclesAlarm', 'cc-native-dev-failed-cycles'],
      ['CompensationFailuresAlarm', 'cc-native-dev-compensation-failures'],
      ['ExecuteActionThrottledAlarm', 'cc-native-dev-execute-action-throttled'],
      ['PlanCycleThrottledAlarm', 'cc-native-dev-plan-cycle-throttled'],
    ]);
  });

  test.each(alarms)(
    '%s tells the topic of trouble and of its end, and is quiet where nothing happens',
    (_, of) => {
      expect(of.Properties).toMatchObject({
        AlarmActions: [{ Ref: 'AlarmsTopic' }],
        OKActions: [{ Ref: 'AlarmsTopic' }],
        TreatMissingData: 'notBreaching',
        ComparisonOperator: 'GreaterThanThreshold',
      });
      expect(of.Properties.AlarmDescription).toMatch(/\w{3,} \w+/);
    },
  );

  test.each(alarms)('%s looks at five minutes at a time', (_, { Properties }) => {
    const periods = Properties.Metrics
      ? Properties.Metrics.flatMap(({ MetricStat }: Query) => MetricStat?.Period ?? [])
      : [Properties.Period];
    expect(new Set(periods)).toEqual(new Set([300]));
  });

  test.each([
    ['ActionFailureRatioAlarm', 'ActionFailures', 'ActionOutcomes'],
    ['GatewayErrorRatioAlarm', 'GatewayErrors', 'GatewayCalls'],
  ])('%s rings when more than 5 %% of a period fail, twice on end', (logicalId, failures, all) => {
    const { Metrics, Threshold, EvaluationPeriods } = properties(logicalId);
    expect([Threshold, EvaluationPeriods]).toEqual([5, 2]);
    const [result, ...sums]: Query[] = Metrics;
    expect(result).toMatchObject({
      Expression: 'IF(total > 0, 100 * failures / total, 0)',
      ReturnData: true,
    });
    expect(
      sums.map(({ Id, ReturnData, MetricStat }) => [
        Id,
        ReturnData,
        MetricStat?.Stat,
        MetricStat?.Metric.MetricName,
      ]),
    ).toEqual([
      ['failures', false, 'Sum', failures],
      ['total', false, 'Sum', all],
    ]);
  });

  test.each([
    ['ActionApprovedDeadLetters', 'bus.yml'],
    ['SignalDeadLetters', 'dead-letters.yml'],
    ['DecisionDeadLetters', 'decisions.yml'],
  ])('%s rings for one letter in the queue', (queue, file) => {
    expect(resource(yaml(file), queue).Type).toBe('AWS::SQS::Queue');
    expect(properties(`${queue}Alarm`)).toMatchObject({
      ...{ Namespace: 'AWS/SQS', MetricName: 'ApproximateNumberOfMessagesVisible', Statistic: 'Maximum' },
      ...{ Threshold: 0, EvaluationPeriods: 1 },
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }],
    });
  });

  test.each([
    [
      'StuckExecutionsAlarm',
      'ExecuteActionMachine',
      { timed_out: 'ExecutionsTimedOut', aborted: 'ExecutionsAborted' },
    ],
    [
      'FailedCyclesAlarm',
      'PlanCycleMachine',
      { failed: 'ExecutionsFailed', timed_out: 'ExecutionsTimedOut' },
    ],
  ])(
    '%s rings for one execution, though only one of its metrics may have data',
    (logicalId, machine, metrics) => {
      const { Metrics, Threshold } = properties(logicalId);
      const [result, ...sums]: Query[] = Metrics;
      expect(Threshold).toBe(0);
      expect(result?.Expression).toBe(
        Object.keys(metrics)
          .map((id) => `FILL(${id}, 0)`)
          .join(' + '),
      );
      expect(sums.map(({ Id, MetricStat }) => [Id, MetricStat])).toEqual(
        Object.entries(metrics).map(([id, MetricName]) => [
          id,
          expect.objectContaining({
            Metric: {
              ...{ Namespace: 'AWS/States', MetricName },
              Dimensions: [{ Name: 'StateMachineArn', Value: { Ref: machine } }],
            },
          }),
        ]),
      );
    },
  );

  test('ring for one compensation that failed, and for more than ten throttled transitions', () => {
    expect(properties('CompensationFailuresAlarm')).toMatchObject({
      ...{ Namespace: METRICS_NAMESPACE, MetricName: 'CompensationFailures', Statistic: 'Sum', Threshold: 0 },
    });
    for (const machine of ['ExecuteAction', 'PlanCycle'])
      expect(properties(`${machine}ThrottledAlarm`)).toMatchObject({
        ...{ Namespace: 'AWS/States', MetricName: 'ExecutionThrottled', Statistic: 'Sum', Threshold: 10 },
        Dimensions: [{ Name: 'StateMachineArn', Value: { Ref: `${machine}Machine` } }],
      });
  });

  test('ask only for metrics that the functions write', () => {
    const own = alarms
      .flatMap(([, of]) => watchedBy(of))
      .filter(({ Namespace }) => !Namespace.startsWith('AWS/'));
    expect(own.length).toBeGreaterThanOrEqual(5);
    for (const { Namespace, MetricName, Dimensions } of own) {
      expect(Namespace).toBe(METRICS_NAMESPACE);
      const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
      expect(known).toContain(asked(MetricName, dimensions));
    }
  });

  test('are mailed to the address of the stage, if it has one', async () => {
    expect(ofType(template, 'AWS::SNS::Subscription').size).toBe(0);
    const mailed = await made('alarms.js', 'alarms', { 'param:alarmEmail': 'ops@example.com' });
    expect([...ofType(mailed, 'AWS::SNS::Subscription').values()]).toEqual([
      {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: { Ref: 'AlarmsTopic' }, Protocol: 'email', Endpoint: 'ops@example.com' },
      },
    ]);
  });
});

describe('the dead letters of signals', () => {
  test('come from rules of this account’s and stage’s bus, and from nobody else', () => {
    const { Queues, PolicyDocument } = resource(
      yaml('dead-letters.yml'),
      'SignalDeadLettersPolicy',
    ).Properties;
    expect(Queues).toEqual([{ Ref: 'SignalDeadLetters' }]);
    expect(PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: { 'Fn::GetAtt': 'SignalDeadLetters.Arn' },
        Condition: {
          ArnLike: {
            'aws:SourceArn': {
              'Fn::Sub': `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:rule/\${EventBus}/*`,
            },
          },
        },
      },
    ]);
  });
});
