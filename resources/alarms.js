/** Makes the topic that people subscribe to and the alarms that write to it; serverless.yml includes what `alarms` returns. */

/** The functions' own metrics, as src/runtime/metric-names.ts has them. */
export const NAMESPACE = 'CCNative/Execution';
export const SERVICE = 'cc-native';

export const PERIOD_SECONDS = 300;
/** What share of failures is too many, in per cent, and for how many periods on end. */
const MAX_FAILING_PERCENT = 5;
const PERIODS_OF_FAILING = 2;
const MAX_THROTTLED = 10;

const kebab = (name) => name.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

const metric = (Namespace, MetricName, dimensions) => ({
  Namespace,
  MetricName,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});

const machineMetric = (name, machine) => metric('AWS/States', name, { StateMachineArn: { Ref: machine } });

const queueMetric = (name, queue) =>
  metric('AWS/SQS', name, { QueueName: { 'Fn::GetAtt': [queue, 'QueueName'] } });

const total = (Id, Metric) => ({
  Id,
  ReturnData: false,
  MetricStat: { Metric, Period: PERIOD_SECONDS, Stat: 'Sum' },
});

const result = (Label, Expression) => ({ Id: 'result', Label, Expression, ReturnData: true });

const single = (of, Statistic, Threshold) => ({ ...of, Statistic, Threshold, Period: PERIOD_SECONDS });

/** The share of one metric in another, in per cent; nothing of nothing is no failure. */
const tooManyOf = (failures, all) => ({
  Threshold: MAX_FAILING_PERCENT,
  EvaluationPeriods: PERIODS_OF_FAILING,
  Metrics: [
    result('Failing, in per cent', 'IF(total > 0, 100 * failures / total, 0)'),
    total('failures', failures),
    total('total', all),
  ],
});

/** Of metrics that have no data point when there is nothing to count, so that one of them alone is enough. */
const anyOf = (label, metrics) => ({
  Threshold: 0,
  Metrics: [
    result(
      label,
      Object.keys(metrics)
        .map((id) => `FILL(${id}, 0)`)
        .join(' + '),
    ),
    ...Object.entries(metrics).map(([id, of]) => total(id, of)),
  ],
});

const anyLetter = (queue) => single(queueMetric('ApproximateNumberOfMessagesVisible', queue), 'Maximum', 0);

const throttled = (machine) => single(machineMetric('ExecutionThrottled', machine), 'Sum', MAX_THROTTLED);

/** What each alarm says to whoever is woken by it, and what it watches. */
const watched = (own) => ({
  ActionFailureRatio: [
    `More than ${MAX_FAILING_PERCENT} % of the actions failed: look at the error classes of the newest outcomes`,
    tooManyOf(own('ActionFailures'), own('ActionOutcomes')),
  ],
  GatewayErrorRatio: [
    `More than ${MAX_FAILING_PERCENT} % of the calls through the tool gateway had no answer that made sense`,
    tooManyOf(own('GatewayErrors'), own('GatewayCalls')),
  ],
  ActionApprovedDeadLetters: [
    'Approvals could not be delivered to execute-action; the plan cycle publishes them again',
    anyLetter('ActionApprovedDeadLetters'),
  ],
  SignalDeadLetters: [
    'Signals of outcomes or escalations could not be delivered',
    anyLetter('SignalDeadLetters'),
  ],
  DecisionDeadLetters: [
    'Triggers of decisions could not be delivered or evaluated; nothing tries them again',
    anyLetter('DecisionDeadLetters'),
  ],
  StuckExecutions: [
    'Executions of actions timed out or were aborted: nobody knows yet what became of their tools',
    anyOf('Timed out or aborted', {
      timed_out: machineMetric('ExecutionsTimedOut', 'ExecuteActionMachine'),
      aborted: machineMetric('ExecutionsAborted', 'ExecuteActionMachine'),
    }),
  ],
  FailedCycles: [
    'Plan cycles failed or timed out; the next beat takes up their work',
    anyOf('Failed or timed out', {
      failed: machineMetric('ExecutionsFailed', 'PlanCycleMachine'),
      timed_out: machineMetric('ExecutionsTimedOut', 'PlanCycleMachine'),
    }),
  ],
  CompensationFailures: [
    'What a failed action had done could not be undone: a person has to do it',
    single(own('CompensationFailures'), 'Sum', 0),
  ],
  ExecuteActionThrottled: [
    'Step Functions holds executions of actions back',
    throttled('ExecuteActionMachine'),
  ],
  PlanCycleThrottled: ['Step Functions holds plan cycles back', throttled('PlanCycleMachine')],
});

const alarm = (AlarmName, AlarmDescription, of) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    ...{ AlarmName, AlarmDescription, EvaluationPeriods: 1 },
    ...{ ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'notBreaching' },
    ...{ AlarmActions: [{ Ref: 'AlarmsTopic' }], OKActions: [{ Ref: 'AlarmsTopic' }] },
    ...of,
  },
});

/**
 * Not encrypted with a key: CloudWatch may not use AWS's own key of SNS, and what is published are names and numbers of metrics.
 */
const topic = (prefix) => ({ Type: 'AWS::SNS::Topic', Properties: { TopicName: `${prefix}-alarms` } });

/** What is published on a topic goes to a mail address, too, once whoever reads there has confirmed it. */
export const mailTo = (Endpoint, topic) => ({
  Type: 'AWS::SNS::Subscription',
  Properties: { TopicArn: { Ref: topic }, Protocol: 'email', Endpoint },
});

/** Resource `StuckExecutionsAlarm` and so on; a subscription if the parameter alarmEmail names an address. */
export const alarms = async ({ resolveVariable }) => {
  const prefix = await resolveVariable('self:custom.prefix');
  const stage = await resolveVariable('sls:stage');
  const email = await resolveVariable('param:alarmEmail');
  const own = (name) => metric(NAMESPACE, name, { service: SERVICE, stage });
  const named = ([name, [description, of]]) => [
    `${name}Alarm`,
    alarm(`${prefix}-${kebab(name)}`, description, of),
  ];
  return {
    Resources: {
      AlarmsTopic: topic(prefix),
      ...(email && { AlarmsEmail: mailTo(email, 'AlarmsTopic') }),
      ...Object.fromEntries(Object.entries(watched(own)).map(named)),
    },
  };
};
