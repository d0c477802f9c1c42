/**
 * The tool gateway on AWS: a Bedrock AgentCore gateway with one target per connector, the user pool that issues tokens for it, and the secret
 * by which the functions get them. serverless.yml includes what `gateway` returns.
 */
import { z } from 'zod';
import { CONNECTORS, TOOLS } from '../src/contracts/tools.ts';

/** MCP versions that the gateway takes; the client speaks the newest of them. */
const MCP_VERSIONS = ['2025-11-25', '2025-06-18'];

/** Longest name that the service takes, in characters. */
const MAX_GATEWAY_NAME = 48;

const SCOPE = { resource: 'tools', name: 'call' };

const ADAPTERS = {
  internal: 'InternalAdapterLambdaFunction',
  crm: 'CrmAdapterLambdaFunction',
  webhook: 'WebhookAdapterLambdaFunction',
};

const capitalised = (name) => `${name[0].toUpperCase()}${name.slice(1)}`;
const arnOf = (logicalId) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

const described = ({ description, enum: choices }) => {
  const Description = description ?? (choices && `One of: ${choices.join(', ')}`);
  return Description ? { Description } : {};
};

/** A JSON schema with as much of it as a target's schema can say; the adapters check the rest. */
const narrowed = (schema) => ({
  Type: schema.type,
  ...described(schema),
  ...(schema.properties && {
    Properties: Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [name, narrowed(property)]),
    ),
  }),
  ...(schema.required && { Required: schema.required }),
  ...(schema.items && { Items: narrowed(schema.items) }),
});

/** A tool as a target lists it. */
export const toolDefinition = ({ name, description, arguments: args }) => ({
  Name: name,
  Description: description,
  InputSchema: narrowed(z.toJSONSchema(args, { io: 'input' })),
});

/** The target's name comes before `___` in the names of its tools. */
const target = (connector) => ({
  Type: 'AWS::BedrockAgentCore::GatewayTarget',
  Properties: {
    Name: connector,
    GatewayIdentifier: { 'Fn::GetAtt': ['ToolGateway', 'GatewayIdentifier'] },
    CredentialProviderConfigurations: [{ CredentialProviderType: 'GATEWAY_IAM_ROLE' }],
    TargetConfiguration: {
      Mcp: {
        Lambda: {
          LambdaArn: arnOf(ADAPTERS[connector]),
          ToolSchema: {
            InlinePayload: TOOLS.filter((tool) => tool.connector === connector).map(toolDefinition),
          },
        },
      },
    },
  },
});

const role = (name) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'bedrock-agentcore.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnLike: {
              'aws:SourceArn': {
                'Fn::Sub': `arn:\${AWS::Partition}:bedrock-agentcore:\${AWS::Region}:\${AWS::AccountId}:gateway/${name}-*`,
              },
            },
          },
        },
      ],
    },
    Policies: [
      {
        PolicyName: name,
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'lambda:InvokeFunction',
              Resource: Object.values(ADAPTERS).map(arnOf),
            },
          ],
        },
      },
    ],
  },
});

const toolGateway = (name) => ({
  Type: 'AWS::BedrockAgentCore::Gateway',
  Properties: {
    Name: name,
    Description: 'Tools by which approved actions are carried out',
    ProtocolType: 'MCP',
    ProtocolConfiguration: { Mcp: { SupportedVersions: MCP_VERSIONS } },
    RoleArn: arnOf('ToolGatewayRole'),
    AuthorizerType: 'CUSTOM_JWT',
    AuthorizerConfiguration: {
      CustomJWTAuthorizer: {
        DiscoveryUrl: {
          'Fn::Sub': `https://cognito-idp.\${AWS::Region}.\${AWS::URLSuffix}/\${GatewayUserPool}/.well-known/openid-configuration`,
        },
        AllowedClients: [{ Ref: 'GatewayClient' }],
        AllowedScopes: [`${SCOPE.resource}/${SCOPE.name}`],
      },
    },
  },
});

/** Nobody signs up here: the pool is there to issue tokens to one client. */
const userPool = (name) => ({
  Type: 'AWS::Cognito::UserPool',
  Properties: { UserPoolName: name, AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } },
});

const client = (name) => ({
  Type: 'AWS::Cognito::UserPoolClient',
  // A client can only be allowed scopes that are there.
  DependsOn: 'GatewayScopes',
  Properties: {
    ClientName: name,
    UserPoolId: { Ref: 'GatewayUserPool' },
    GenerateSecret: true,
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: [`${SCOPE.resource}/${SCOPE.name}`],
    AccessTokenValidity: 1,
    TokenValidityUnits: { AccessToken: 'hours' },
  },
});

const resources = (name) => ({
  ToolGateway: toolGateway(name),
  ...Object.fromEntries(
    CONNECTORS.map((connector) => [`${capitalised(connector)}Target`, target(connector)]),
  ),
  ToolGatewayRole: role(name),
  GatewayUserPool: userPool(name),
  GatewayUserPoolDomain: {
    Type: 'AWS::Cognito::UserPoolDomain',
    Properties: {
      UserPoolId: { Ref: 'GatewayUserPool' },
      // Taken once per region, by whichever account.
      Domain: { 'Fn::Sub': `${name}-\${AWS::AccountId}` },
    },
  },
  GatewayScopes: {
    Type: 'AWS::Cognito::UserPoolResourceServer',
    Properties: {
      UserPoolId: { Ref: 'GatewayUserPool' },
      Identifier: SCOPE.resource,
      Name: name,
      Scopes: [{ ScopeName: SCOPE.name, ScopeDescription: 'Call the tools of the gateway' }],
    },
  },
  GatewayClient: client(name),
  GatewayClientSecret: {
    Type: 'AWS::SecretsManager::Secret',
    Properties: {
      Description:
        'client_id and client_secret of the user pool client GatewayClient; filled by an operator after the first deployment',
    },
  },
});

/** Where an operator finds what belongs into GatewayClientSecret. */
const OUTPUTS = {
  GatewayUserPoolId: { Value: { Ref: 'GatewayUserPool' } },
  GatewayClientId: { Value: { Ref: 'GatewayClient' } },
  GatewayClientSecretArn: { Value: { Ref: 'GatewayClientSecret' } },
};

export const gateway = async ({ resolveVariable }) => {
  const name = `${await resolveVariable('self:custom.prefix')}-tools`;
  if (name.length > MAX_GATEWAY_NAME)
    throw new Error(`${name} is too long for a gateway; ${MAX_GATEWAY_NAME} characters are allowed`);
  return { Resources: resources(name), Outputs: OUTPUTS };
};

/** Where the functions get their tokens: the GATEWAY_TOKEN_URL of those that call tools. */
export const tokenUrl = () => ({
  'Fn::Sub': `https://\${GatewayUserPoolDomain}.auth.\${AWS::Region}.amazoncognito.com/oauth2/token`,
});
