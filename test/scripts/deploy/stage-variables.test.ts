import { expect, test } from '@jest/globals';
import { serviceOf } from '../../../scripts/cli/stage-service.ts';
import { stackPlace } from '../../../scripts/deploy/stack.ts';
import { knownVariables, outputVariables, stageVariables } from '../../../scripts/deploy/stage-variables.ts';
import { yaml } from '../../deploy/made-resources.ts';

const service = serviceOf('dev');

/** What a stack of this service puts out, with values that tell where they come from. */
const OUTPUTS: Record<string, string> = Object.fromEntries(
  Object.keys(yaml('outputs.yml').Outputs).map((key) => [key, `value of ${key}`]),
);

const named = (outputs: Record<string, string>) =>
  stageVariables(service, { region: 'eu-central-1', outputs });

test('every output that names a table gives the variable under which the functions find that table', () => {
  const { variables, missing } = named(OUTPUTS);
  expect(missing).toEqual([]);
  const tables = Object.keys(OUTPUTS).filter((key) => key.endsWith('TableName'));
  expect(tables.length).toBeGreaterThan(15);
  for (const key of tables) expect(variables[outputVariables(service)[key] ?? 'none']).toBe(OUTPUTS[key]);
  const ofFunctions = Object.keys(service.environment).filter((name) => name.endsWith('_TABLE_NAME'));
  expect(Object.keys(variables)).toEqual(expect.arrayContaining(ofFunctions));
});

test('the variables that the checks of a deployed stage ask for are there', () => {
  expect(named(OUTPUTS).variables).toMatchObject({
    AWS_REGION: 'eu-central-1',
    ACTION_INTENT_TABLE_NAME: 'value of ActionIntentTableName',
    AUTONOMY_CONFIG_TABLE_NAME: 'value of AutonomyConfigTableName',
    AUTONOMY_BUDGET_STATE_TABLE_NAME: 'value of AutonomyBudgetStateTableName',
    EVENT_BUS_NAME: 'value of EventBusName',
    EXECUTION_ATTEMPTS_TABLE_NAME: 'value of ExecutionAttemptsTableName',
    EXECUTION_OUTCOMES_TABLE_NAME: 'value of ExecutionOutcomesTableName',
  });
});

test('a function is called as the service file calls it, and left out when that has none', () => {
  const gate = { ...service.functions[0], logicalId: 'DecideApprovalLambdaFunction', name: 'the-gate' };
  const cost = { ...gate, logicalId: 'DecisionCostGateLambdaFunction', name: 'the-cost-gate' };
  const named = (functions: object[]) =>
    stageVariables({ ...service, functions: functions as never }, { region: 'x', outputs: OUTPUTS })
      .variables;
  expect(named([gate, cost])).toMatchObject({
    AUTO_APPROVAL_GATE_FUNCTION_NAME: 'the-gate',
    DECISION_COST_GATE_FUNCTION_NAME: 'the-cost-gate',
  });
  expect(named([gate])).not.toHaveProperty('DECISION_COST_GATE_FUNCTION_NAME');
});

test('the address of the API is there when the stack has one', () => {
  expect(named({ ...OUTPUTS, AutonomyAdminApiUrl: 'https://api' }).variables).toMatchObject({
    AUTONOMY_ADMIN_API_URL: 'https://api',
  });
  const { AutonomyAdminApiUrl: _url, ...without } = OUTPUTS;
  expect(named(without).variables).not.toHaveProperty('AUTONOMY_ADMIN_API_URL');
  expect(named(without).missing).toEqual([]);
});

test('outputs that a stack lacks are named; those that nobody asked for are left alone', () => {
  const { LedgerTableName: _table, EventBusName: _bus, ...rest } = OUTPUTS;
  expect(new Set(named(rest).missing)).toEqual(new Set(['EventBusName', 'LedgerTableName']));
  expect(Object.values(named({ ...OUTPUTS, GatewayClientSecretArn: 'arn' }).variables)).not.toContain('arn');
});

test('whatever may be written is known, so that it goes when the stack does not give it any more', () => {
  const { variables } = named({ ...OUTPUTS, AutonomyAdminApiUrl: 'https://api' });
  expect([...knownVariables(service)]).toEqual(expect.arrayContaining(Object.keys(variables)));
});

test('the stack of a stage is where the service file says', () => {
  expect(stackPlace('dev')).toEqual({ stackName: 'cc-native-dev', region: 'us-east-1' });
  expect(stackPlace('prod')).toEqual({ stackName: 'cc-native-prod', region: 'us-east-1' });
});
