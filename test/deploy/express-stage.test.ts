import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PackagedStage, packageStage } from './package-stage.ts';
import { definitionOf, ofType, resource } from './template.ts';

let stage: PackagedStage;
beforeAll(async () => {
  const params = { cycle: '5m', scheduleEnabled: 'false', maxPlansPerRun: '25' };
  stage = await packageStage('prod', { params, functions: 'stubs' });
}, 120_000);
afterAll(() => stage?.remove());

const properties = (logicalId: string) => resource(stage.template, logicalId).Properties;
const definition = (logicalId: string) => definitionOf(resource(stage.template, logicalId));

describe('a stage where cost counts', () => {
  test('runs execute-action and the children of plan-cycle as EXPRESS; the parent stays STANDARD', () => {
    expect(properties('ExecuteActionMachine').StateMachineType).toBe('EXPRESS');
    expect(properties('PlanCycleMachine').StateMachineType ?? 'STANDARD').toBe('STANDARD');
    const { ProcessorConfig } = definition('PlanCycleMachine').States.AdvanceTenants.ItemProcessor;
    expect(ProcessorConfig).toEqual({ Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' });
  });

  test('lets execute-action and each of its tasks end by themselves within the five minutes of EXPRESS', () => {
    const { TimeoutSeconds, States } = definition('ExecuteActionMachine');
    expect(TimeoutSeconds).toBeLessThanOrEqual(300);
    const tasks = Object.values<{ Type: string; TimeoutSeconds: number }>(States).filter(
      ({ Type }) => Type === 'Task',
    );
    expect(tasks.length).toBeGreaterThan(0);
    for (const task of tasks) expect(task.TimeoutSeconds).toBeLessThan(300);
  });

  test('logs everything that EXPRESS executions do, and without their data', () => {
    for (const machine of ['PlanCycleMachine', 'ExecuteActionMachine']) {
      const { Level, IncludeExecutionData } = properties(machine).LoggingConfiguration;
      expect([Level, IncludeExecutionData]).toEqual(['ALL', false]);
    }
    expect(properties('ExecuteActionLogGroup').RetentionInDays).toBe(365);
  });

  test('keeps its tables: protected, recoverable, and there even when the stack is gone', () => {
    for (const { DeletionPolicy, Properties } of ofType(stage.template, 'AWS::DynamoDB::Table').values()) {
      expect(DeletionPolicy).toBe('Retain');
      expect(Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    }
  });
});

describe('parameters on the command line', () => {
  test('change the schedule and the lease together, and switch the schedule off', () => {
    const { ScheduleExpression, State } = properties('PlanCycleStepFunctionsEventsRuleSchedule1');
    expect([ScheduleExpression, State]).toEqual(['rate(5 minutes)', 'DISABLED']);
    expect(properties('OpenCycleLambdaFunction').Environment.Variables).toMatchObject({
      CYCLE_INTERVAL_SECONDS: '300',
      ORCHESTRATOR_MAX_PLANS_PER_RUN: '25',
    });
  });
});
