import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BundleCall, BundleResult } from './call-bundles.ts';
import { type DeployedFunction, deployedFunctions } from './deployed-functions.ts';
import { type PackagedStage, packageStage } from './package-stage.ts';
import { arnOwner, calledFunctions, definitionOf, ofType, resource, statementsOf } from './template.ts';

const functions = await deployedFunctions();
const named = functions.map((each) => [each.key, each] as const);

let stage: PackagedStage;
beforeAll(async () => {
  stage = await packageStage('dev');
}, 120_000);
afterAll(() => stage?.remove());

const properties = (logicalId: string) => resource(stage.template, logicalId).Properties;

describe('functions', () => {
  test('every task handler is deployed, and nothing else', () => {
    const deployed = [...ofType(stage.template, 'AWS::Lambda::Function').keys()].sort();
    expect(deployed).toEqual(functions.map(({ logicalId }) => logicalId).sort());
  });

  test.each(named)('%s gets the variables that its handler asks for, and no other', (_, of) => {
    const { NODE_OPTIONS, ...variables } = properties(of.logicalId).Environment.Variables;
    expect(Object.keys(variables).sort()).toEqual([...of.environment].sort());
    expect(NODE_OPTIONS).toBe('--enable-source-maps');
  });

  test.each(named)(
    '%s runs on Node 24 on arm64, traced, with JSON logs that are kept for a while',
    (_, of) => {
      expect(properties(of.logicalId)).toMatchObject({
        FunctionName: `cc-native-dev-${of.file}`,
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        MemorySize: 256,
        Timeout: ['enumerateTenants', 'invokeTool'].includes(of.key) ? 60 : 30,
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON' },
      });
      expect(properties(of.logicalId.replace('LambdaFunction', 'LogGroup')).RetentionInDays).toBe(14);
    },
  );

  test('variables of tables hold the table of that name', () => {
    for (const { logicalId } of functions) {
      for (const [name, value] of Object.entries(properties(logicalId).Environment.Variables)) {
        if (!name.endsWith('_TABLE_NAME')) continue;
        const table = name.replace(/_?([A-Z])([A-Z]*)/g, (_, first, rest) => `${first}${rest.toLowerCase()}`);
        expect(value).toEqual({ Ref: table.replace(/Name$/, '') });
      }
    }
  });

  test('the lease of a cycle and its schedule have one interval', () => {
    const { CYCLE_INTERVAL_SECONDS, ORCHESTRATOR_MAX_PLANS_PER_RUN } =
      properties('OpenCycleLambdaFunction').Environment.Variables;
    expect([CYCLE_INTERVAL_SECONDS, ORCHESTRATOR_MAX_PLANS_PER_RUN]).toEqual(['60', '10']);
    expect(properties('PlanCycleStepFunctionsEventsRuleSchedule1').ScheduleExpression).toBe('rate(1 minute)');
  });
});

describe('roles of functions', () => {
  const statements = ({ roleId }: DeployedFunction) => statementsOf(resource(stage.template, roleId));

  test.each(named)('%s has a role of its own', (_, of) => {
    expect(properties(of.logicalId).Role).toEqual({ 'Fn::GetAtt': [of.roleId, 'Arn'] });
  });

  test.each(named)('%s may do named things to named resources; only traces go anywhere', (_, of) => {
    for (const { Action, Resource } of statements(of)) {
      expect(Action.filter((action) => action.includes('*'))).toEqual([]);
      if (Action.every((action) => action.startsWith('xray:Put'))) continue;
      expect(JSON.stringify(Resource)).not.toMatch(/"\*"|table\/\*|\/index\/\*/);
    }
  });

  test.each(named)('%s may only touch what its variables name', (_, of) => {
    const variables = Object.values(properties(of.logicalId).Environment.Variables).map(
      (value) => (value as { Ref?: string }).Ref,
    );
    const touched = statements(of)
      .filter(({ Action }) => Action.some((action) => /^(dynamodb|events):/.test(action)))
      .map(({ Resource }) => arnOwner(Resource).split('/')[0]);
    expect(touched.filter((logicalId) => !variables.includes(logicalId))).toEqual([]);
  });

  test.each(named)('%s writes to its own log group', (_, of) => {
    const logs = statements(of).filter(({ Action }) => Action.includes('logs:PutLogEvents'));
    expect(JSON.stringify(logs)).toContain(`:log-group:/aws/lambda/cc-native-dev-${of.file}:*"`);
  });

  test('nobody may change or delete an entry of the ledger', () => {
    const onLedger = [...ofType(stage.template, 'AWS::IAM::Role').values()]
      .flatMap(statementsOf)
      .filter(({ Resource }) => JSON.stringify(Resource).includes('PlanLedgerTable'))
      .flatMap(({ Action }) => Action);
    expect(new Set(onLedger)).toEqual(new Set(['dynamodb:GetItem', 'dynamodb:PutItem']));
  });
});

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

  test('every function is called by a machine', () => {
    const called = machines.flatMap((machine) => [...calledFunctions(definition(machine))]);
    expect(called.sort()).toEqual(functions.map(({ logicalId }) => logicalId).sort());
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

  test('only that rule may put letters into the queue', () => {
    const [statement] = properties('ActionApprovedDeadLettersPolicy').PolicyDocument.Statement;
    expect(statement).toMatchObject({
      Principal: { Service: 'events.amazonaws.com' },
      Condition: {
        ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['ExecuteActionEventsRuleCloudWatchEvent1', 'Arn'] } },
      },
    });
  });
});

test('all tables are on demand; a stage of a developer can be removed', () => {
  const tables = ofType(stage.template, 'AWS::DynamoDB::Table');
  expect(tables.size).toBe(12);
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

describe('bundles', () => {
  const call = async (calls: readonly BundleCall[]): Promise<BundleResult[]> => {
    const script = join(import.meta.dirname, 'call-bundles.ts');
    const args = ['--enable-source-maps', script, JSON.stringify(calls)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: {} });
    return JSON.parse(stdout);
  };

  const bundle = async ({ key, environment }: DeployedFunction, missing?: string): Promise<BundleCall> => {
    const values = environment.filter((name) => name !== missing).map((name) => [name, '1']);
    return { module: await stage.unpack(key), environment: Object.fromEntries(values) };
  };

  test('a bundle that lacks a variable fails by its name, and its stack names the source', async () => {
    const results = await call(await Promise.all(functions.map((of) => bundle(of, of.environment.at(-1)))));
    expect(results.map(({ error, message }) => [error, message])).toEqual(
      functions.map(({ environment }) => ['ConfigurationError', `Missing env ${environment.at(-1)}`]),
    );
    expect(results[0]?.thrownAt).toContain('src/runtime/environment.ts:');
  });

  test('with the variables that it is deployed with, every bundle gets as far as its input', async () => {
    const results = await call(await Promise.all(functions.map((of) => bundle(of))));
    const failed = results.map(({ error, message }, index) => [functions[index]?.key, error, message]);
    expect(failed.filter(([, error]) => error !== 'ValidationError')).toEqual([]);
  });
});
