import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createInternalConnector } from '../adapters/connectors/internal-connector.ts';
import { createAutonomyStore } from '../adapters/dynamodb/autonomy-store.ts';
import { createCycleLease } from '../adapters/dynamodb/cycle-lease.ts';
import { createExecutionStore } from '../adapters/dynamodb/execution-store.ts';
import { createIntentStore } from '../adapters/dynamodb/intent-store.ts';
import { createPlanStore } from '../adapters/dynamodb/plan-store.ts';
import { createStepAttemptStore } from '../adapters/dynamodb/step-attempt-store.ts';
import type { TableNames } from '../adapters/dynamodb/table-names.ts';
import { createTenantStore } from '../adapters/dynamodb/tenant-store.ts';
import { createEventPublisher } from '../adapters/eventbridge/event-publisher.ts';
import { throwTransientErrors } from '../adapters/transient-errors.ts';
import type { Clock } from '../application/clock.ts';
import type {
  AutonomyStore,
  CycleLease,
  EventPublisher,
  ExecutionStore,
  IntentStore,
  Log,
  PlanStore,
  StepAttemptStore,
  TenantStore,
  ToolGateway,
} from '../application/ports.ts';
import { type Environment, required, requiredCount } from './environment.ts';
import { jsonLog } from './json-log.ts';
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
  readonly executions: ExecutionStore;
  readonly lease: CycleLease;
  readonly events: EventPublisher;
  readonly tools: ToolGateway;
  readonly settings: { readonly maxPlansPerRun: number; readonly leaseTtlSeconds: number };
}

/** What a laptop or a test puts in the place of the real thing. */
export interface RuntimeOverrides {
  readonly clock?: Clock;
  readonly log?: Log;
  readonly dynamoDb?: DynamoDBClient;
  readonly eventBridge?: Pick<EventBridgeClient, 'send'>;
  plans?(inner: PlanStore): PlanStore;
  tools?(inner: ToolGateway): ToolGateway;
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

const documentClient = (client: DynamoDBClient): DynamoDBDocumentClient => {
  throwTransientErrors(client);
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
};

const settingsOf = (environment: Environment): Runtime['settings'] => ({
  maxPlansPerRun: requiredCount(environment, 'ORCHESTRATOR_MAX_PLANS_PER_RUN'),
  leaseTtlSeconds: LEASE_INTERVALS * requiredCount(environment, 'CYCLE_INTERVAL_SECONDS'),
});

/** The composition root: the one place where ports meet their implementations. */
export const createRuntime = (environment: Environment, overrides: RuntimeOverrides = {}): Runtime => {
  const { clock = systemClock, log = jsonLog } = overrides;
  const tables = tablesOf(environment);
  const client = lazily(() => documentClient(overrides.dynamoDb ?? new DynamoDBClient({})));
  const parts = {
    plans: lazily(() => {
      const store = createPlanStore(client(), tables);
      return overrides.plans?.(store) ?? store;
    }),
    attempts: lazily(() => createStepAttemptStore(client(), tables)),
    intents: lazily(() => createIntentStore(client(), tables)),
    tenants: lazily(() => createTenantStore(client(), tables)),
    autonomy: lazily(() => createAutonomyStore(client(), tables)),
    executions: lazily(() => createExecutionStore(client(), tables)),
    lease: lazily(() => createCycleLease(client(), tables)),
    events: lazily(() =>
      createEventPublisher(
        overrides.eventBridge ?? new EventBridgeClient({}),
        required(environment, 'EVENT_BUS_NAME'),
      ),
    ),
    tools: lazily(() => {
      const internal = createInternalConnector(client(), tables, clock);
      return overrides.tools?.(internal) ?? internal;
    }),
    settings: lazily(() => settingsOf(environment)),
  };
  return {
    environment,
    clock,
    log,
    get plans() {
      return parts.plans();
    },
    get attempts() {
      return parts.attempts();
    },
    get intents() {
      return parts.intents();
    },
    get tenants() {
      return parts.tenants();
    },
    get autonomy() {
      return parts.autonomy();
    },
    get executions() {
      return parts.executions();
    },
    get lease() {
      return parts.lease();
    },
    get events() {
      return parts.events();
    },
    get tools() {
      return parts.tools();
    },
    get settings() {
      return parts.settings();
    },
  };
};
