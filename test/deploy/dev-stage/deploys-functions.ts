import { describe, expect, test } from '@jest/globals';
import { type DeployedFunction, deployedFunctions } from '../deployed-functions.ts';
import type { PackagedStage } from '../package-stage.ts';
import { ofType, resource } from '../template.ts';

const functions = await deployedFunctions();
const named = functions.map((each) => [each.key, each] as const);

/** Those that call tools, and the one that pages through all tenants. */
const LONG = ['enumerateTenants', 'invokeTool', 'compensateAction', 'compensateStep'];

const timeoutOf = ({ kind, key }: DeployedFunction): number =>
  kind === 'adapter' ? 45 : LONG.includes(key) ? 60 : 30;

export const deploysFunctions = (stage: () => PackagedStage): void => {
  const properties = (logicalId: string) => resource(stage().template, logicalId).Properties;

  describe('functions', () => {
    test('every task and every adapter is deployed, and nothing else', () => {
      const deployed = [...ofType(stage().template, 'AWS::Lambda::Function').keys()].sort();
      expect(deployed).toEqual(functions.map(({ logicalId }) => logicalId).sort());
    });

    test.each(named)('%s gets the variables that its handler asks for, and no other', (_, of) => {
      const { NODE_OPTIONS, STAGE, ...variables } = properties(of.logicalId).Environment.Variables;
      expect(Object.keys(variables).sort()).toEqual([...of.environment].sort());
      expect([NODE_OPTIONS, STAGE]).toEqual(['--enable-source-maps', 'dev']);
    });

    test.each(named)(
      '%s runs on Node 24 on arm64, traced, with JSON logs that are kept for a while',
      (_, of) => {
        expect(properties(of.logicalId)).toMatchObject({
          FunctionName: `cc-native-dev-${of.name}`,
          Runtime: 'nodejs24.x',
          Architectures: ['arm64'],
          MemorySize: 256,
          Timeout: timeoutOf(of),
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
          const table = name.replace(
            /_?([A-Z])([A-Z]*)/g,
            (_, first, rest) => `${first}${rest.toLowerCase()}`,
          );
          expect(value).toEqual({ Ref: table.replace(/Name$/, '') });
        }
      }
    });

    test('the lease of a cycle and its schedule have one interval', () => {
      const { CYCLE_INTERVAL_SECONDS, ORCHESTRATOR_MAX_PLANS_PER_RUN } =
        properties('OpenCycleLambdaFunction').Environment.Variables;
      expect([CYCLE_INTERVAL_SECONDS, ORCHESTRATOR_MAX_PLANS_PER_RUN]).toEqual(['60', '10']);
      expect(properties('PlanCycleStepFunctionsEventsRuleSchedule1').ScheduleExpression).toBe(
        'rate(1 minute)',
      );
    });
  });
};
