import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createCrmConnector } from '../adapters/connectors/crm/crm-connector.ts';
import { createInternalConnector } from '../adapters/connectors/internal-connector.ts';
import { createWebhookConnector } from '../adapters/connectors/webhook/webhook-connector.ts';
import { createActionTypeRegistry } from '../adapters/dynamodb/action-type-registry-store.ts';
import { createAutonomyConfigStore } from '../adapters/dynamodb/autonomy-config-store.ts';
import { createAutonomyStore } from '../adapters/dynamodb/autonomy-store.ts';
import { createConnectorConfigStore } from '../adapters/dynamodb/connector-config-store.ts';
import { createConnectorGuard } from '../adapters/dynamodb/connector-guard.ts';
import { createCycleLease } from '../adapters/dynamodb/cycle-lease.ts';
import { createDecisionReservations } from '../adapters/dynamodb/decision-reservation-store.ts';
import { createDecisionRunStates } from '../adapters/dynamodb/decision-run-state-store.ts';
import { createExecutionStore } from '../adapters/dynamodb/execution-store.ts';
import { createIdempotencyStore } from '../adapters/dynamodb/idempotency-store.ts';
import { createIntentStore } from '../adapters/dynamodb/intent-store.ts';
import { createKillSwitchStore } from '../adapters/dynamodb/kill-switch-store.ts';
import { createPlanStore } from '../adapters/dynamodb/plan-store.ts';
import { createStepAttemptStore } from '../adapters/dynamodb/step-attempt-store.ts';
import type { TableNames } from '../adapters/dynamodb/table-names.ts';
import { createTenantStore } from '../adapters/dynamodb/tenant-store.ts';
import { createEventPublisher } from '../adapters/eventbridge/event-publisher.ts';
import { createSecretStore } from '../adapters/secrets/secrets-manager-store.ts';
import { throwTransientErrors } from '../adapters/transient-errors.ts';
import type { Clock } from '../application/clock.ts';
import type {
  ActionTypeRegistry,
  AutonomyConfigStore,
  AutonomyStore,
  KillSwitchStore,
  SecretStore,
  TenantStore,
} from '../application/ports/configuration.ts';
import type { Connector, ConnectorGuard, IdempotencyStore } from '../application/ports/connectors.ts';
import type {
  DecisionRequeue,
  DecisionReservations,
  DecisionRunStates,
  ProposalGenerator,
} from '../application/ports/decisions.ts';
import type { EventPublisher } from '../application/ports/events.ts';
import type { ExecutionStore, IntentStore } from '../application/ports/executions.ts';
import type { Log, Metrics } from '../application/ports/observability.ts';
import type { CycleLease, PlanStore, StepAttemptStore } from '../application/ports/plans.ts';
import type { ToolGateway } from '../application/ports/tools.ts';
import type { ConnectorId } from '../contracts/tools.ts';
import { type Environment, required, requiredCount } from './environment.ts';
import { jsonLog } from './json-log.ts';
import { createMetrics } from './metrics.ts';
import { nothingProposed } from './nothing-proposed.ts';
import { systemClock } from './system-clock.ts';

/** Everything with side effects, read-only; each part is made when it is first asked for. */
export interface Runtime {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly log: Log;
  readonly plans: PlanStore;
  readonly attempts: StepAttemptStore;
  readonly intents: IntentStore;
  readonly tenants: TenantStore;
  readonly autonomy: AutonomyStore;
  readonly configs: AutonomyConfigStore;
  readonly executions: ExecutionStore;
  readonly lease: CycleLease;
  readonly events: EventPublisher;
  readonly tools: ToolGateway;
  readonly registry: ActionTypeRegistry;
  readonly killSwitches: KillSwitchStore;
  readonly idempotency: IdempotencyStore;
  readonly guard: ConnectorGuard;
  readonly connectors: Readonly<Record<ConnectorId, () => Connector>>;
  readonly metrics: Metrics;
  readonly settings: { readonly maxPlansPerRun: number; readonly leaseTtlSeconds: number };
  readonly reservations: DecisionReservations;
  readonly runStates: DecisionRunStates;
  readonly proposals: ProposalGenerator;
  readonly requeue: DecisionRequeue;
}

/** What a laptop or a test puts in the place of the real thing. */
export interface RuntimeOverrides {
  readonly clock?: Clock;
  readonly log?: Log;
  readonly dynamoDb?: DynamoDBClient;
  readonly eventBridge?: Pick<EventBridgeClient, 'send'>;
  plans?(inner: PlanStore): PlanStore;
  readonly metrics?: Metrics;
  readonly secrets?: SecretStore;
  /** Stands for the way to the tools; then no gateway is asked for. */
  readonly gateway?: ToolGateway;
  /** Webhooks may go to this machine. */
  readonly allowPrivateAddresses?: boolean;
  tools?(inner: ToolGateway): ToolGateway;
  /** Where plans are proposed; default: none are. */
  readonly proposals?: ProposalGenerator;
  /** Stands for the scheduler that brings deferred triggers back. */
  readonly requeue?: DecisionRequeue;
}

/** A lease outlives two intervals of the schedule, so that a cycle that died blocks one beat at the most. */
const LEASE_INTERVALS = 2;

/** Reads a table's name from the environment when it is first used. */
const tablesOf = (environment: Environment): TableNames =>
  new Proxy({} as TableNames, { get: (_, name: string) => required(environment, name) });

const lazily = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

type Parts = Readonly<Record<string, () => unknown>>;

/** An object with parts that are made when they are first asked for. */
const withParts = <O extends object, P extends Parts>(object: O, parts: P) => {
  const getters = Object.entries(parts).map(([name, get]) => [name, { get, enumerable: true }]);
  Object.defineProperties(object, Object.fromEntries(getters));
  return object as O & { readonly [name in keyof P]: ReturnType<P[name]> };
};

const documentClient = (client: DynamoDBClient): DynamoDBDocumentClient => {
  throwTransientErrors(client);
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
};

const settingsOf = (environment: Environment): Runtime['settings'] => ({
  maxPlansPerRun: requiredCount(environment, 'ORCHESTRATOR_MAX_PLANS_PER_RUN'),
  leaseTtlSeconds: LEASE_INTERVALS * requiredCount(environment, 'CYCLE_INTERVAL_SECONDS'),
});

const requeueSettingsOf = (environment: Environment) => ({
  groupName: required(environment, 'DECISION_SCHEDULE_GROUP_NAME'),
  roleArn: required(environment, 'DECISION_SCHEDULE_ROLE_ARN'),
  targetArn: required(environment, 'DECISION_COST_GATE_ARN'),
  deadLettersArn: required(environment, 'DECISION_DEAD_LETTERS_ARN'),
});

/** The composition root: the one place where ports meet their implementations. */
export const createRuntime = (environment: Environment, overrides: RuntimeOverrides = {}): Runtime => {
  const { clock = systemClock, log = jsonLog } = overrides;
  const tables = tablesOf(environment);
  const client = lazily(() => documentClient(overrides.dynamoDb ?? new DynamoDBClient({})));
  const secrets = lazily(() => overrides.secrets ?? createSecretStore(new SecretsManagerClient({}), clock));
  const connectorConfigs = lazily(() => createConnectorConfigStore(client(), tables));
  const metrics = lazily(() => overrides.metrics ?? createMetrics(environment));
  // The MCP client is most of what a function would load, and few need it.
  const mcpGateway = lazily(async (): Promise<ToolGateway> => {
    const { createClientCredentials } = await import('../adapters/gateway/client-credentials.ts');
    const { createMcpToolGateway } = await import('../adapters/gateway/mcp-tool-gateway.ts');
    return createMcpToolGateway({
      url: required(environment, 'GATEWAY_URL'),
      token: createClientCredentials({
        tokenUrl: required(environment, 'GATEWAY_TOKEN_URL'),
        credentials: () => secrets().get(required(environment, 'GATEWAY_CLIENT_SECRET_ID')),
        clock,
      }),
      metrics: metrics(),
    });
  });
  const throughMcp: ToolGateway = {
    invoke: async (invocation) => (await mcpGateway()).invoke(invocation),
    compensate: async (invocation) => (await mcpGateway()).compensate(invocation),
  };
  // One function needs the scheduler, and that one seldom.
  const scheduler = lazily(async (): Promise<DecisionRequeue> => {
    const { SchedulerClient } = await import('@aws-sdk/client-scheduler');
    const { createDecisionRequeue } = await import('../adapters/scheduler/decision-requeue.ts');
    return createDecisionRequeue(new SchedulerClient({}), requeueSettingsOf(environment));
  });
  const throughScheduler: DecisionRequeue = {
    at: async (instant, detail) => (await scheduler()).at(instant, detail),
  };
  const connectors = {
    internal: lazily(() => createInternalConnector(client(), tables, clock)),
    // Keeps its tokens from call to call.
    crm: lazily(() => createCrmConnector({ configs: connectorConfigs(), secrets: secrets(), clock })),
    webhook: lazily(() =>
      createWebhookConnector({
        ...{ configs: connectorConfigs(), secrets: secrets(), clock },
        ...(overrides.allowPrivateAddresses && { allowPrivate: true }),
      }),
    ),
  };
  const parts = {
    plans: lazily(() => {
      const store = createPlanStore(client(), tables);
      return overrides.plans?.(store) ?? store;
    }),
    attempts: lazily(() => createStepAttemptStore(client(), tables)),
    intents: lazily(() => createIntentStore(client(), tables)),
    tenants: lazily(() => createTenantStore(client(), tables)),
    autonomy: lazily(() => createAutonomyStore(client(), tables)),
    configs: lazily(() => createAutonomyConfigStore(client(), tables)),
    executions: lazily(() => createExecutionStore(client(), tables)),
    lease: lazily(() => createCycleLease(client(), tables)),
    events: lazily(() =>
      createEventPublisher(
        overrides.eventBridge ?? new EventBridgeClient({}),
        required(environment, 'EVENT_BUS_NAME'),
      ),
    ),
    tools: lazily(() => {
      const gateway = overrides.gateway ?? throughMcp;
      return overrides.tools?.(gateway) ?? gateway;
    }),
    registry: lazily(() => createActionTypeRegistry(client(), tables)),
    killSwitches: lazily(() => createKillSwitchStore(client(), tables)),
    idempotency: lazily(() => createIdempotencyStore(client(), tables)),
    guard: lazily(() => createConnectorGuard(client(), tables)),
    metrics,
    settings: lazily(() => settingsOf(environment)),
    reservations: lazily(() => createDecisionReservations(client(), tables)),
    runStates: lazily(() => createDecisionRunStates(client(), tables)),
  };
  return withParts(
    {
      ...{ environment, clock, log, connectors },
      proposals: overrides.proposals ?? nothingProposed,
      requeue: overrides.requeue ?? throughScheduler,
    },
    parts,
  );
};
