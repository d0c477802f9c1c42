/** Makes a role of each entry of access.yml; serverless.yml includes what `roles` returns. */

/** The service whose actions a grant names; DynamoDB where nothing is said. */
const SERVICES = {
  EventBus: 'events',
  GatewayClientSecret: 'secretsmanager',
  ConnectorSecrets: 'secretsmanager',
  DecisionSchedules: 'scheduler',
  DecisionScheduleRole: 'iam',
  DecisionDeadLetters: 'sqs',
};

/** What else must be true of a request. */
const CONDITIONS = {
  DecisionScheduleRole: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
};

const capitalised = (name) => `${name[0].toUpperCase()}${name.slice(1)}`;
/** What people outside know a function by, where that is not what its state is called. */
const NAMES = { decideApproval: 'auto-approval-gate' };

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * `RevenuePlansTable` is the table, `RevenuePlansTable/due-index` one of its indexes only, `ConnectorSecrets` the secrets that operators
 * keep for the connectors of this stage, `DecisionSchedules` the schedules of the stage's group.
 */
const arnOf = (resource, prefix) => {
  if (resource === 'GatewayClientSecret') return { Ref: resource };
  if (resource === 'ConnectorSecrets') {
    const secrets = `secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:${prefix}/connectors/*`;
    return { 'Fn::Sub': `arn:\${AWS::Partition}:${secrets}` };
  }
  if (resource === 'DecisionSchedules') {
    const schedules = `scheduler:\${AWS::Region}:\${AWS::AccountId}:schedule/${prefix}-decisions/*`;
    return { 'Fn::Sub': `arn:\${AWS::Partition}:${schedules}` };
  }
  const [logicalId, index] = resource.split('/');
  return index === undefined
    ? { 'Fn::GetAtt': [logicalId, 'Arn'] }
    : { 'Fn::Sub': `\${${logicalId}.Arn}/index/${index}` };
};

const statement = ([resource, actions], prefix) => ({
  Effect: 'Allow',
  Action: actions.map((action) => `${SERVICES[resource] ?? 'dynamodb'}:${action}`),
  Resource: arnOf(resource, prefix),
  ...(CONDITIONS[resource] && { Condition: CONDITIONS[resource] }),
});

const writeOwnLogs = (functionName) => ({
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: {
    'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/${functionName}:*`,
  },
});

/** X-Ray knows no resources to restrict these to. */
const SEND_TRACES = {
  Effect: 'Allow',
  Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  Resource: '*',
};

const LAMBDA_MAY_ASSUME = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

const role = (prefix, functionName, grants) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: LAMBDA_MAY_ASSUME,
    Policies: [
      {
        PolicyName: functionName,
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            ...Object.entries(grants).map((grant) => statement(grant, prefix)),
            writeOwnLogs(functionName),
            SEND_TRACES,
          ],
        },
      },
    ],
  },
});

/** Resource `OpenCycleRole` for the entry `openCycle`, and so on. */
export const roles = async ({ resolveVariable }) => {
  const access = await resolveVariable('file(resources/access.yml)');
  const prefix = await resolveVariable('self:custom.prefix');
  const named = ([name, grants]) => [
    `${capitalised(name)}Role`,
    role(prefix, `${prefix}-${NAMES[name] ?? kebab(name)}`, grants),
  ];
  return { Resources: Object.fromEntries(Object.entries(access).map(named)) };
};
