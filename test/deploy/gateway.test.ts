import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { CONNECTORS, findTool, TOOLS } from '../../src/contracts/tools.ts';
import { ofType, resource, statementsOf, type Template } from './template.ts';

interface Variables {
  resolveVariable(name: string): Promise<string>;
}

interface GatewayFile {
  gateway(variables: Variables): Promise<Template>;
  tokenUrl(): unknown;
}

interface Schema {
  readonly Type: string;
  readonly Description?: string;
  readonly Properties?: Readonly<Record<string, Schema>>;
  readonly Required?: readonly string[];
  readonly Items?: Schema;
}

interface ListedTool {
  readonly Name: string;
  readonly Description: string;
  readonly InputSchema: Schema;
}

const variables = (prefix: string): Variables => ({
  resolveVariable: async (name) => {
    if (name === 'self:custom.prefix') return prefix;
    throw new Error(`there is no variable ${name}`);
  },
});

let file: GatewayFile;
let template: Template;
beforeAll(async () => {
  file = await import(pathToFileURL(resolve('resources/gateway.js')).href);
  template = await file.gateway(variables('cc-native-dev'));
});

const lambdaOf = (target: string) => resource(template, target).Properties.TargetConfiguration.Mcp.Lambda;
const targets = () => [...ofType(template, 'AWS::BedrockAgentCore::GatewayTarget').keys()];
const listed = (): ListedTool[] => targets().flatMap((target) => lambdaOf(target).ToolSchema.InlinePayload);
const properties = (logicalId: string) => resource(template, logicalId).Properties;

const schemasWithin = (schema: Schema): Schema[] => [
  schema,
  ...Object.values(schema.Properties ?? {}).flatMap(schemasWithin),
  ...(schema.Items ? schemasWithin(schema.Items) : []),
];

describe('the targets of the gateway', () => {
  it('are one per connector, each in front of the function of its own', () => {
    const found = targets().map((target) => [properties(target).Name, lambdaOf(target).LambdaArn]);
    expect(found).toEqual([
      ['internal', { 'Fn::GetAtt': ['InternalAdapterLambdaFunction', 'Arn'] }],
      ['crm', { 'Fn::GetAtt': ['CrmAdapterLambdaFunction', 'Arn'] }],
      ['webhook', { 'Fn::GetAtt': ['WebhookAdapterLambdaFunction', 'Arn'] }],
    ]);
    expect(found.map(([name]) => name)).toEqual([...CONNECTORS]);
  });

  it('list every tool once, at the target of its connector', () => {
    const names = targets().map((target) => [
      properties(target).Name,
      lambdaOf(target).ToolSchema.InlinePayload.map(({ Name }: ListedTool) => Name),
    ]);
    const expected = CONNECTORS.map((connector) => [
      connector,
      TOOLS.filter((tool) => tool.connector === connector).map(({ name }) => name),
    ]);
    expect(names).toEqual(expected);
  });

  it('ask for the arguments that the tool asks for', () => {
    for (const { Name, Description, InputSchema } of listed()) {
      const tool = findTool(Name);
      const { properties: fields = {}, required } = z.toJSONSchema(tool?.arguments ?? z.never(), {
        io: 'input',
      });
      expect(Description).toBe(tool?.description);
      expect(InputSchema.Type).toBe('object');
      expect(InputSchema.Required).toEqual(required);
      const types = Object.entries(InputSchema.Properties ?? {}).map(([name, { Type }]) => [name, Type]);
      expect(types).toEqual(
        Object.entries(fields).map(([name, field]) => [name, (field as { type: string }).type]),
      );
    }
  });

  it('say nothing that a target cannot be told, and a type everywhere', () => {
    const known = ['Type', 'Description', 'Properties', 'Required', 'Items'];
    const types = ['string', 'number', 'object', 'array', 'boolean', 'integer'];
    const schemas = listed().flatMap(({ InputSchema }) => schemasWithin(InputSchema));
    expect(schemas.flatMap(Object.keys).filter((key) => !known.includes(key))).toEqual([]);
    expect(schemas.map(({ Type }) => Type).filter((type) => !types.includes(type))).toEqual([]);
  });

  it('name the values that there are to choose from', () => {
    const createCase = listed().find(({ Name }) => Name === 'crm.create_case');
    expect(createCase?.InputSchema.Properties?.priority).toEqual({
      Type: 'string',
      Description: 'One of: Low, Medium, High',
    });
  });

  it('describe what stands in a list', () => {
    const compensate = listed().find(({ Name }) => Name === 'crm.compensate');
    expect(compensate?.InputSchema.Properties?.external_object_refs).toMatchObject({
      Type: 'array',
      Items: { Type: 'object', Required: ['system', 'object_type', 'object_id'] },
    });
  });
});

describe('the gateway', () => {
  it('takes tokens of its own user pool only, of one client and one scope', () => {
    const { AuthorizerType, AuthorizerConfiguration } = properties('ToolGateway');
    expect(AuthorizerType).toBe('CUSTOM_JWT');
    expect(AuthorizerConfiguration.CustomJWTAuthorizer).toEqual({
      DiscoveryUrl: {
        'Fn::Sub': expect.stringMatching(/\$\{GatewayUserPool\}\/\.well-known\/openid-configuration$/),
      },
      AllowedClients: [{ Ref: 'GatewayClient' }],
      AllowedScopes: properties('GatewayClient').AllowedOAuthScopes,
    });
  });

  it('may call the three adapters and do nothing else, and only it may', () => {
    const role = resource(template, 'ToolGatewayRole');
    expect(statementsOf(role)).toEqual([
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: targets().map((target) => lambdaOf(target).LambdaArn),
      },
    ]);
    const [trust] = role.Properties.AssumeRolePolicyDocument.Statement;
    expect(trust.Principal).toEqual({ Service: 'bedrock-agentcore.amazonaws.com' });
    expect(trust.Condition.ArnLike['aws:SourceArn']['Fn::Sub']).toMatch(/:gateway\/cc-native-dev-tools-\*$/);
  });

  it('has a name that the service takes', async () => {
    expect(properties('ToolGateway').Name).toBe('cc-native-dev-tools');
    await expect(file.gateway(variables('x'.repeat(43)))).rejects.toThrow('too long');
  });
});

describe('the client', () => {
  it('gets its tokens by its secret, for the scope that the pool knows', () => {
    const { Identifier, Scopes } = properties('GatewayScopes');
    expect(properties('GatewayClient')).toMatchObject({
      GenerateSecret: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: [`${Identifier}/${Scopes[0].ScopeName}`],
    });
  });

  it('gets them at the domain of the pool', () => {
    expect(JSON.stringify(file.tokenUrl())).toContain('{GatewayUserPoolDomain}');
    expect(properties('GatewayUserPoolDomain').UserPoolId).toEqual({ Ref: 'GatewayUserPool' });
  });

  it('has its secret kept apart from the template', () => {
    expect(Object.keys(properties('GatewayClientSecret'))).toEqual(['Description']);
  });
});
