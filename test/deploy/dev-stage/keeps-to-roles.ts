import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { type DeployedFunction, deployedFunctions } from '../deployed-functions.ts';
import type { PackagedStage } from '../package-stage.ts';
import { arnOwner, ofType, resource, statementsOf } from '../template.ts';

const functions = await deployedFunctions();
const named = functions.map((each) => [each.key, each] as const);

const GATEWAY_SECRET = { Ref: 'GatewayClientSecret' };
const CONNECTOR_SECRETS = {
  'Fn::Sub': `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:cc-native-dev/connectors/*`,
};

export const keepsToRoles = (stage: () => PackagedStage): void => {
  const properties = (logicalId: string) => resource(stage().template, logicalId).Properties;

  describe('roles of functions', () => {
    const statements = ({ roleId }: DeployedFunction) => statementsOf(resource(stage().template, roleId));

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
      expect(JSON.stringify(logs)).toContain(`:log-group:/aws/lambda/cc-native-dev-${of.name}:*"`);
    });

    test.each([
      ['PlanLedgerTable', ['dynamodb:GetItem', 'dynamodb:PutItem']],
      ['LedgerTable', ['dynamodb:PutItem']],
    ])('nobody may change or delete an entry of %s', (ledger, allowed) => {
      const onLedger = [...ofType(stage().template, 'AWS::IAM::Role').values()]
        .flatMap(statementsOf)
        .filter(({ Resource }) => arnOwner(Resource).split('/')[0] === ledger)
        .flatMap(({ Action }) => Action);
      expect([...new Set(onLedger)].sort()).toEqual(allowed);
    });

    const mayRead = (secret: unknown): string[] =>
      functions
        .filter((of) =>
          statements(of).some(
            ({ Action, Resource }) =>
              Action.join() === 'secretsmanager:GetSecretValue' && isDeepStrictEqual(Resource, secret),
          ),
        )
        .map(({ key }) => key);

    test('those that call tools, and nobody else, may read the secret of the gateway', () => {
      const callTools = functions.filter(({ environment }) =>
        environment.includes('GATEWAY_CLIENT_SECRET_ID'),
      );
      expect(mayRead(GATEWAY_SECRET)).toEqual(callTools.map(({ key }) => key));
      for (const { logicalId } of callTools)
        expect(properties(logicalId).Environment.Variables.GATEWAY_CLIENT_SECRET_ID).toEqual(GATEWAY_SECRET);
    });

    test('the adapters of systems elsewhere, and nobody else, may read what connectors of the stage know', () => {
      expect(mayRead(CONNECTOR_SECRETS).sort()).toEqual(['crmAdapter', 'webhookAdapter']);
    });

    test('nobody may do anything else with secrets', () => {
      const onSecrets = functions
        .flatMap(statements)
        .filter(({ Action }) => Action.some((action) => action.startsWith('secretsmanager:')));
      expect(onSecrets).toHaveLength(mayRead(GATEWAY_SECRET).length + mayRead(CONNECTOR_SECRETS).length);
    });
  });
};
