import { NAMESPACE, PERIOD_SECONDS, SERVICE } from './alarms.js';

/** Makes the stage's dashboard; serverless.yml includes what `dashboard` returns. */

const COLUMNS = 24;
const WIDTH = 8;
const HEIGHT = 6;

const QUEUES = ['ActionApprovedDeadLetters', 'SignalDeadLetters'];
const CYCLES = ['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionsTimedOut'];

/** A metric of the whole stage. */
const own = (stage, name, stat, more = {}) => [
  ...[NAMESPACE, name, 'service', SERVICE, 'stage', stage],
  { stat, ...more },
];

/** A metric by its own dimensions: a line for each of their values that there is. */
const each = (stage, name, dimensions, stat) => {
  const filter = `MetricName="${name}" service="${SERVICE}" stage="${stage}"`;
  const schema = `{${[NAMESPACE, 'service', 'stage', ...dimensions].join(',')}}`;
  return [{ expression: `SEARCH('${schema} ${filter}', '${stat}', ${PERIOD_SECONDS})` }];
};

const share = (stage, failures, all, label) => [
  [{ expression: 'IF(total > 0, 100 * failures / total, 0)', label }],
  own(stage, failures, 'Sum', { id: 'failures', visible: false }),
  own(stage, all, 'Sum', { id: 'total', visible: false }),
];

const percentiles = (stage, name) =>
  ['p50', 'p95', 'p99'].map((stat) => own(stage, name, stat, { label: stat }));

const letters = (queue) => [
  ...['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', `\${${queue}.QueueName}`],
  { stat: 'Maximum', label: queue },
];

const executions = (machine) =>
  CYCLES.map((name) => ['AWS/States', name, 'StateMachineArn', `\${${machine}}`, { stat: 'Sum' }]);

/** Title and metrics of each graph, in the order in which they are read: what came of actions, what they met with, what runs. */
const graphs = (stage) => [
  ['Outcomes by tool and status', [each(stage, 'ActionOutcomes', ['tool_name', 'status'], 'Sum')]],
  ['Failed actions, per cent', share(stage, 'ActionFailures', 'ActionOutcomes', 'failed')],
  ['Duration of actions, ms', percentiles(stage, 'ActionDuration')],
  ['Gateway: calls without an answer, per cent', share(stage, 'GatewayErrors', 'GatewayCalls', 'errors')],
  ['Gateway: latency, ms', percentiles(stage, 'GatewayLatency')],
  ['Executions before the last one', [own(stage, 'ExecutionRetries', 'Sum')]],
  ['Calls by tool and result', [each(stage, 'ToolCalls', ['tool_name', 'result'], 'Sum')]],
  ['Latency of tools, ms (p95)', [each(stage, 'ToolLatency', ['tool_name'], 'p95')]],
  ['Calls refused by circuits and limits', [each(stage, 'ConnectorRefused', ['connector', 'reason'], 'Sum')]],
  [
    'Compensations by status, and those that failed',
    [each(stage, 'Compensations', ['status'], 'Sum'), own(stage, 'CompensationFailures', 'Sum')],
  ],
  ['Dead letters', QUEUES.map(letters)],
  ['Executions of actions', executions('ExecuteActionMachine')],
  ['Plan cycles', executions('PlanCycleMachine')],
];

const widget = ([title, metrics], index) => ({
  type: 'metric',
  x: (index * WIDTH) % COLUMNS,
  y: Math.floor((index * WIDTH) / COLUMNS) * HEIGHT,
  width: WIDTH,
  height: HEIGHT,
  properties: { title, metrics, region: `\${AWS::Region}`, period: PERIOD_SECONDS, view: 'timeSeries' },
});

export const dashboard = async ({ resolveVariable }) => {
  const stage = await resolveVariable('sls:stage');
  const DashboardName = await resolveVariable('self:custom.prefix');
  const DashboardBody = { 'Fn::Sub': JSON.stringify({ widgets: graphs(stage).map(widget) }) };
  return {
    Resources: {
      Dashboard: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardName, DashboardBody } },
    },
  };
};
