import { existsSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { loadService } from '../../../src/local/service/service-definition.ts';

const local = loadService({ stage: 'local' });
const named = (name: string) =>
  local.functions.find((candidate) => candidate.name === `cc-native-local-${name}`);

describe('the service on a laptop', () => {
  test('has the functions of serverless.yml, each with a file that exists', () => {
    expect(local.functions.length).toBeGreaterThanOrEqual(14);
    expect(local.functions.filter(({ modulePath }) => !existsSync(modulePath))).toEqual([]);
    expect(named('open-cycle')).toMatchObject({ logicalId: 'OpenCycleLambdaFunction', timeoutSeconds: 30 });
    expect(named('invoke-tool')).toMatchObject({ timeoutSeconds: 60 });
  });

  test('gives each function its own environment, names of tables and bus put in, and nothing that is left open', () => {
    expect(named('close-cycle')?.environment).toEqual({ CYCLE_LEASE_TABLE_NAME: expect.any(String) });
    const tables = new Set(local.tables.map(({ tableName }) => tableName));
    for (const { environment } of local.functions) {
      for (const [variable, value] of Object.entries(environment)) {
        expect([variable, value]).toEqual([variable, expect.stringMatching(/^[\w.-]+$/)]);
        if (variable.endsWith('_TABLE_NAME')) expect(tables).toContain(value);
      }
    }
    expect(named('auto-approval-gate')?.environment.EVENT_BUS_NAME).toBe(local.eventBusName);
    expect(named('open-cycle')?.environment).toMatchObject({
      ORCHESTRATOR_MAX_PLANS_PER_RUN: '10',
      CYCLE_INTERVAL_SECONDS: '60',
    });
  });

  test('has both machines, their references to functions resolved, and the rules and the schedule that start them and functions', () => {
    expect(local.machines.map(({ name, logicalId }) => [name, logicalId])).toEqual([
      ['cc-native-local-plan-cycle', 'PlanCycleMachine'],
      ['cc-native-local-execute-action', 'ExecuteActionMachine'],
    ]);
    const text = JSON.stringify(local.machines);
    expect(text).not.toContain('Fn::');
    expect(text).toContain('arn:aws:lambda:us-east-1:000000000000:function:cc-native-local-open-cycle');
    expect(local.rules).toEqual([
      {
        pattern: { source: ['cc-native'], 'detail-type': ['ACTION_APPROVED'] },
        targets: ['ExecuteActionMachine'],
      },
      {
        pattern: { source: ['cc-native'], 'detail-type': ['RUN_DECISION'] },
        targets: ['DecisionCostGateLambdaFunction'],
      },
    ]);
    expect(local.scheduled).toEqual({ machine: 'PlanCycleMachine' });
  });

  test('has the environment of all functions for what people do', () => {
    const everything = Object.assign({}, ...local.functions.map(({ environment }) => environment));
    expect(local.environment).toMatchObject(everything);
  });

  test('takes the parameters of its stage', () => {
    const types = (stage: string) => loadService({ stage }).machines.map(({ type }) => type);
    expect(types('local')).toEqual(['STANDARD', 'STANDARD']);
    expect(types('prod')).toEqual(['STANDARD', 'EXPRESS']);
  });

  test('can be told another prefix and other values of variables', () => {
    const environment = { ORCHESTRATOR_MAX_PLANS_PER_RUN: '3', UNHEARD_OF: 'x' };
    const other = loadService({ stage: 'local', prefix: 'mine', environment });
    expect(other.eventBusName).toBe('mine-events');
    expect(other.tables.every(({ tableName }) => tableName.startsWith('mine-'))).toBe(true);
    expect(other.environment.ORCHESTRATOR_MAX_PLANS_PER_RUN).toBe('3');
    expect(other.environment).not.toHaveProperty('UNHEARD_OF');
  });

  test('is not there for a service file that is not', () => {
    expect(() => loadService({ stage: 'local', path: 'unheard-of.yml' })).toThrow('ENOENT');
  });
});
