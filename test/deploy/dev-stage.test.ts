import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serviceOf } from '../../scripts/cli/stage-service.ts';
import { stageVariables } from '../../scripts/deploy/stage-variables.ts';
import { EXECUTION_SIGNALS } from '../../src/domain/execution/signal.ts';
import { tableEnvironment } from '../../src/local/dynamodb/table-environment.ts';
import { type DeployedFunction, deployedFunctions } from './deployed-functions.ts';
import { deploysFunctions } from './dev-stage/deploys-functions.ts';
import { keepsToRoles } from './dev-stage/keeps-to-roles.ts';
import { runsBundles } from './dev-stage/runs-bundles.ts';
import { yaml } from './made-resources.ts';
import { type PackagedStage, packageStage } from './package-stage.ts';
import { arnOwner, calledFunctions, definitionOf, ofType, resource, statementsOf } from './template.ts';

const functions = await deployedFunctions();

let stage: PackagedStage;
beforeAll(async () => {
  stage = await packageStage('dev');
}, 120_000);
afterAll(() => stage?.remove());

const properties = (logicalId: string) => resource(stage.template, logicalId).Properties;

const open = () => stage;
deploysFunctions(open);
keepsToRoles(open);
runsBundles(open);

describe('state machines', () => {
  const machines = ['PlanCycleMachine', 'ExecuteActionMachine'];
  const definition = (logicalId: string) => definitionOf(resource(stage.template, logicalId));

  test.each(machines)('%s calls functions that are deployed, and may invoke just these', (machine) => {
    const called = calledFunctions(definition(machine));
    expect([...called].filter((name) => !stage.template.Resources[name])).toEqual([]);
    const invocable = statementsOf(resource(stage.template, `${machine}Role`))
      .filter(({ Action }) => Action.includes('lambda:InvokeFunction'))
      .flatMap((statement) =>
        [...JSON.stringify(statement).matchAll(/(\w+LambdaFunction)/g)].map(([name]) => name),
      );
    expect(new Set(invocable)).toEqual(called);
  });

  test('every function is called by one machine or a rule, or is a target of the gateway', () => {
    const called = machines.flatMap((machine) => [...calledFunctions(definition(machine))]);
    const targets = [...ofType(stage.template, 'AWS::BedrockAgentCore::GatewayTarget').values()].map(
      ({ Properties }) => arnOwner(Properties.TargetConfiguration.Mcp.Lambda.LambdaArn),
    );
    const ruled = [...ofType(stage.template, 'AWS::Events::Rule').values()].flatMap(({ Properties }) =>
      Properties.Targets.map(({ Arn }: { Arn: unknown }) => arnOwner(Arn)),
    );
    const logicalIds = (kind: DeployedFunction['kind']) =>
      functions.filter((of) => of.kind === kind).map(({ logicalId }) => logicalId);
    expect(called.sort()).toEqual(logicalIds('task').sort());
    expect(targets.sort()).toEqual(logicalIds('adapter').sort());
    expect(ruled).toEqual(expect.arrayContaining(logicalIds('event')));
  });

  test.each(machines)('%s is traced, and logs what goes wrong', (machine) => {
    expect(properties(machine)).toMatchObject({
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: true },
    });
  });

  test('both, and the children of plan-cycle, are STANDARD', () => {
    expect(properties('PlanCycleMachine').StateMachineType ?? 'STANDARD').toBe('STANDARD');
    expect(properties('ExecuteActionMachine').StateMachineType).toBe('STANDARD');
    const { ProcessorConfig } = definition('PlanCycleMachine').States.AdvanceTenants.ItemProcessor;
    expect(ProcessorConfig).toEqual({ Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' });
  });
});

describe('triggers', () => {
  test('the schedule starts plan-cycle with an empty input', () => {
    const { State, Targets } = properties('PlanCycleStepFunctionsEventsRuleSchedule1');
    expect(State).toBe('ENABLED');
    expect(Targets).toMatchObject([{ Arn: { Ref: 'PlanCycleMachine' }, Input: '{}' }]);
  });

  test('an approved action starts execute-action with the whole event; what cannot be delivered is kept', () => {
    const { EventBusName, EventPattern, Targets } = properties('ExecuteActionEventsRuleCloudWatchEvent1');
    expect(EventBusName).toEqual({ Ref: 'EventBus' });
    expect(EventPattern).toEqual({ source: ['cc-native'], 'detail-type': ['ACTION_APPROVED'] });
    expect(Targets).toHaveLength(1);
    expect(Targets[0]).toMatchObject({
      Arn: { Ref: 'ExecuteActionMachine' },
      RetryPolicy: { MaximumRetryAttempts: 20 },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['ActionApprovedDeadLetters', 'Arn'] } },
    });
    expect(Object.keys(Targets[0]).filter((key) => key.startsWith('Input'))).toEqual([]);
    expect(properties('EventBus').Name).toBe('cc-native-dev-events');
  });

  test('outcomes are kept in a log group by its plain ARN, and what cannot be delivered is kept', () => {
    const { EventBusName, EventPattern, Targets } = properties('SignalsRule');
    expect(EventBusName).toEqual({ Ref: 'EventBus' });
    expect(EventPattern).toEqual({ source: ['cc-native'], 'detail-type': [...EXECUTION_SIGNALS] });
    expect(Targets).toMatchObject([
      {
        Arn: { 'Fn::Sub': expect.stringMatching(/:log-group:\$\{SignalsLogGroup\}$/) },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['SignalDeadLetters', 'Arn'] } },
      },
    ]);
  });

  test('only the rule of approvals may put letters into its queue', () => {
    const [statement] = properties('ActionApprovedDeadLettersPolicy').PolicyDocument.Statement;
    expect(statement).toMatchObject({
      Principal: { Service: 'events.amazonaws.com' },
      Condition: {
        ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['ExecuteActionEventsRuleCloudWatchEvent1', 'Arn'] } },
      },
    });
  });
});

describe('decisions', () => {
  const COST_GATE = `:function:cc-native-dev-decision-cost-gate`;
  const dead = { 'Fn::GetAtt': ['DecisionDeadLetters', 'Arn'] };
  const rule = () =>
    [...ofType(stage.template, 'AWS::Events::Rule').entries()].find(
      ([, { Properties }]) => Properties.EventPattern?.['detail-type']?.[0] === 'RUN_DECISION',
    );

  test('RUN_DECISION on the stage’s bus calls the cost gate with the whole event; what cannot be delivered is kept', () => {
    const [, found] = rule() ?? [];
    expect(found?.Properties).toMatchObject({
      EventBusName: { Ref: 'EventBus' },
      EventPattern: { source: ['cc-native'], 'detail-type': ['RUN_DECISION'] },
    });
    const { Targets } = found?.Properties ?? {};
    expect(Targets).toHaveLength(1);
    expect(arnOwner(Targets[0].Arn)).toBe('DecisionCostGateLambdaFunction');
    expect(Targets[0]).toMatchObject({
      RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 20 },
      DeadLetterConfig: { Arn: dead },
    });
    expect(Object.keys(Targets[0]).filter((key) => key.startsWith('Input'))).toEqual([]);
  });

  test('events may call the cost gate, and what it fails on for good is kept', () => {
    const permitted = [...ofType(stage.template, 'AWS::Lambda::Permission').values()].filter(
      ({ Properties }) => Properties.Principal === 'events.amazonaws.com',
    );
    expect(permitted.map(({ Properties }) => arnOwner(Properties.FunctionName))).toEqual([
      'DecisionCostGateLambdaFunction',
    ]);
    expect(JSON.stringify(permitted[0]?.Properties.SourceArn)).toContain('{"Ref":"EventBus"}');
    expect(properties('DecisionCostGateInvocations')).toMatchObject({
      ...{ FunctionName: { Ref: 'DecisionCostGateLambdaFunction' }, MaximumRetryAttempts: 2 },
      DestinationConfig: { OnFailure: { Destination: dead } },
    });
  });

  test('the cost gate may make schedules of the stage’s group only, and hand on their role to the scheduler only', () => {
    const statements = statementsOf(resource(stage.template, 'DecisionCostGateRole'));
    const having = (action: string) => statements.filter(({ Action }) => Action.includes(action));
    expect(properties('DecisionScheduleGroup').Name).toBe('cc-native-dev-decisions');
    expect(having('scheduler:CreateSchedule')).toEqual([
      {
        ...{ Effect: 'Allow', Action: ['scheduler:CreateSchedule'] },
        Resource: {
          'Fn::Sub': `arn:\${AWS::Partition}:scheduler:\${AWS::Region}:\${AWS::AccountId}:schedule/cc-native-dev-decisions/*`,
        },
      },
    ]);
    expect(having('iam:PassRole')).toEqual([
      {
        ...{ Effect: 'Allow', Action: ['iam:PassRole'] },
        Resource: { 'Fn::GetAtt': ['DecisionScheduleRole', 'Arn'] },
        Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      },
    ]);
  });

  test('a schedule may call the cost gate and keep what it could not deliver, and nothing else', () => {
    const role = resource(stage.template, 'DecisionScheduleRole');
    expect(role.Properties.AssumeRolePolicyDocument.Statement).toMatchObject([
      { Principal: { Service: 'scheduler.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ]);
    expect(statementsOf(role)).toEqual([
      {
        ...{ Effect: 'Allow', Action: ['lambda:InvokeFunction'] },
        Resource: { 'Fn::Sub': expect.stringMatching(new RegExp(`${COST_GATE}$`)) },
      },
      { Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: dead },
    ]);
    const { Variables } = properties('DecisionCostGateLambdaFunction').Environment;
    expect(Variables).toMatchObject({
      DECISION_SCHEDULE_GROUP_NAME: { Ref: 'DecisionScheduleGroup' },
      DECISION_SCHEDULE_ROLE_ARN: { 'Fn::GetAtt': ['DecisionScheduleRole', 'Arn'] },
      DECISION_COST_GATE_ARN: { 'Fn::Sub': expect.stringMatching(new RegExp(`${COST_GATE}$`)) },
      DECISION_DEAD_LETTERS_ARN: dead,
    });
  });
});

test('the template has every alarm, each of which tells the topic, and the dashboard', () => {
  const packaged = ofType(stage.template, 'AWS::CloudWatch::Alarm');
  expect(packaged.size).toBe(10);
  for (const { Properties } of packaged.values())
    expect(Properties.AlarmActions).toEqual([{ Ref: 'AlarmsTopic' }]);
  expect(ofType(stage.template, 'AWS::CloudWatch::Dashboard').size).toBe(1);
});

test('all tables are on demand; a stage of a developer can be removed', () => {
  const tables = ofType(stage.template, 'AWS::DynamoDB::Table');
  expect([...tables.keys()].sort()).toEqual(Object.keys(yaml('tables.yml').Resources).sort());
  for (const { DeletionPolicy, Properties } of tables.values()) {
    expect(DeletionPolicy).toBe('Delete');
    expect(Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: false,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
    });
  }
});

test('outputs name the tables, the bus and the machines', () => {
  const values = Object.values(stage.template.Outputs).map(({ Value }) => (Value as { Ref?: string }).Ref);
  const tables = [...ofType(stage.template, 'AWS::DynamoDB::Table').keys()];
  expect(values).toEqual(
    expect.arrayContaining([...tables, 'EventBus', 'PlanCycleMachine', 'ExecuteActionMachine']),
  );
});

test('every table of the stack is named in its env file, under the variable of the functions', () => {
  const service = serviceOf('dev');
  const outputs = Object.fromEntries(
    Object.entries(stage.template.Outputs).map(([key, { Value }]) => [
      key,
      String((Value as { Ref?: string }).Ref),
    ]),
  );
  const { variables, missing } = stageVariables(service, { region: 'us-east-1', outputs });
  expect(missing).toEqual([]);
  const tables = [...ofType(stage.template, 'AWS::DynamoDB::Table').keys()];
  expect(variables).toMatchObject(tableEnvironment(Object.fromEntries(tables.map((id) => [id, id]))));
  const names = [...ofType(stage.template, 'AWS::Lambda::Function').values()].map(
    ({ Properties }) => Properties.FunctionName,
  );
  const called = Object.entries(variables).filter(([variable]) => variable.endsWith('_FUNCTION_NAME'));
  expect(called.length).toBeGreaterThan(0);
  for (const [, name] of called) expect(names).toContain(name);
});
