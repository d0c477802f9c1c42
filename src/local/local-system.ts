import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Clock } from '../application/clock.ts';
import type { Log } from '../application/ports/observability.ts';
import type { PlanStore } from '../application/ports/plans.ts';
import type { ToolGateway } from '../application/ports/tools.ts';
import type { ConnectorId } from '../contracts/tools.ts';
import type { LedgerEntry } from '../domain/ledger/plan-ledger.ts';
import { noMetrics } from '../runtime/metrics.ts';
import { createRuntime, type Runtime, type RuntimeOverrides } from '../runtime/runtime.ts';
import { atMost } from './at-most.ts';
import { createCapacityMeter, meterCapacity } from './dynamodb/capacity-meter.ts';
import { createLocalBus, type LocalBus } from './event-bus.ts';
import type { InvokeAdapter } from './gateway/mcp-endpoint.ts';
import { createLocalLambda, type LocalLambda } from './lambda.ts';
import { createLocalRequeue } from './local-requeue.ts';
import type { ServiceDefinition } from './service/service-definition.ts';
import type { LambdaInvocation } from './step-functions/engine/lambda-invocation.ts';
import type { ExecutionRecord } from './step-functions/executions/execution.ts';
import type { Journal } from './step-functions/executions/journal.ts';
import { createStepFunctions, type StepFunctions } from './step-functions/step-functions.ts';
import type { ToolWorld } from './tool-world.ts';

export interface LocalSystemOptions {
  readonly service: ServiceDefinition;
  readonly clock: Clock;
  /** What the machines' own time-outs and delays wait on; default `clock`. */
  readonly engineClock?: Clock;
  /** A client of the system's own: its calls are what the system is billed for. */
  readonly dynamoDb: DynamoDBClient;
  readonly region: string;
  readonly retryDelays: 'real' | 'none';
  readonly log: Log;
  newId(): string;
  /** The tools on this machine; without them there must be a `gateway`. */
  readonly toolWorld?: ToolWorld;
  /** Stands for the way to the tools. */
  gateway?(invokeAdapter: InvokeAdapter): ToolGateway;
  tools?(inner: ToolGateway): ToolGateway;
  /** Stands before every invocation of a function by a state machine; runs `invoke` when it is to happen. */
  around?(
    invocation: LambdaInvocation,
    signal: AbortSignal,
    invoke: () => Promise<unknown>,
  ): Promise<unknown>;
  /** Hears of every entry that was committed to a ledger. */
  onCommitted?(entries: readonly LedgerEntry[]): void;
  /** Hears of every execution that an event started, when it has ended. */
  onEnded?(execution: ExecutionRecord): void;
  readonly journal?: Journal;
}

/** What the system has used so far, in the units in which AWS bills. */
export interface BilledUnits {
  readonly state_transitions: number;
  readonly lambda_invocations: number;
  readonly rru: number;
  readonly wru: number;
  readonly put_events: number;
}

export interface LocalSystem {
  readonly stepFunctions: StepFunctions;
  readonly lambda: LocalLambda;
  readonly bus: LocalBus;
  /** A runtime with the whole environment, for what people do besides the machines. */
  readonly runtime: Runtime;
  readonly planCycleArn: string;
  /** Executions that an event has started and that have not ended. */
  inProgress(): number;
  units(): BilledUnits;
  /** Triggers of decisions that wait will not come back any more. */
  forgetWaiting(): void;
}

const notified = (inner: PlanStore, onCommitted: (entries: readonly LedgerEntry[]) => void): PlanStore => ({
  ...inner,
  commitIfUnchanged: async (commit) => {
    const result = await inner.commitIfUnchanged(commit);
    if (result.committed) onCommitted(commit.entries);
    return result;
  },
});

const COST_GATE_ID = 'DecisionCostGateLambdaFunction';

const machineName = (service: ServiceDefinition, logicalId: string): string => {
  const machine = service.machines.find((candidate) => candidate.logicalId === logicalId);
  if (!machine) throw new Error(`the service has no state machine ${logicalId}`);
  return machine.name;
};

const functionName = (service: ServiceDefinition, logicalId: string): string => {
  const found = service.functions.find((candidate) => candidate.logicalId === logicalId);
  if (!found) throw new Error(`the service has no function ${logicalId}`);
  return found.name;
};

const adapterName = (service: ServiceDefinition, connector: ConnectorId): string =>
  functionName(service, `${connector.charAt(0).toUpperCase()}${connector.slice(1)}AdapterLambdaFunction`);

/** Functions that the machines run at once, as an account's concurrency limits them on AWS; more would only take memory here. */
const MAX_INVOCATIONS = 32;

type Variables = Readonly<Record<string, string>>;

/** The same variables, with the addresses of this machine's tools in those that are there. */
const reachingTools = (environment: Variables, toolWorld: ToolWorld | undefined): Variables =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, toolWorld?.environment[name] ?? value]),
  );

/**
 * The deployed service in one process: its machines, functions, rules and environment as the service file has them, over a DynamoDB that
 * speaks HTTP.
 */
export const createLocalSystem = async (options: LocalSystemOptions): Promise<LocalSystem> => {
  const { service, clock, dynamoDb, region, newId, log, around, onCommitted } = options;
  const meter = createCapacityMeter();
  meterCapacity(dynamoDb, meter);
  const arnOf = (name: string) => `arn:aws:states:${region}:000000000000:stateMachine:${name}`;

  let inProgress = 0;
  const bus = createLocalBus({
    ...{ busName: service.eventBusName, rules: service.rules, clock, region, newId },
    deliver: async (target, input) => {
      const called = service.functions.find(({ logicalId }) => logicalId === target);
      if (called) return decisions.invokeLater(called.name, JSON.parse(input));
      const stateMachineArn = arnOf(machineName(service, target));
      const { executionArn } = await stepFunctions.startExecution({ stateMachineArn, input });
      inProgress += 1;
      void stepFunctions.settled(executionArn).then((execution) => {
        inProgress -= 1;
        options.onEnded?.(execution);
      });
    },
  });
  const eventBridge = {
    send: ({ input }: PutEventsCommand) => bus.putEvents(input),
  } as unknown as Pick<EventBridgeClient, 'send'>;
  const decisions = createLocalRequeue({
    ...{ clock, log, newId },
    costGate: () => functionName(service, COST_GATE_ID),
    invoke: (name, payload, context) => lambda.invoke(name, payload, context),
  });
  const { toolWorld } = options;
  const invokeAdapter: InvokeAdapter = (connector, event, clientContext) =>
    lambda.invoke(adapterName(service, connector), event, { clientContext, awsRequestId: newId() });
  toolWorld?.connect(invokeAdapter);
  const gateway = options.gateway?.(invokeAdapter);
  const overrides: RuntimeOverrides = {
    ...{ clock, log, dynamoDb, eventBridge, metrics: noMetrics, allowPrivateAddresses: true },
    requeue: decisions,
    ...(toolWorld && { secrets: toolWorld.secrets }),
    ...(gateway && { gateway }),
    ...(options.tools && { tools: options.tools }),
    ...(onCommitted && { plans: (inner) => notified(inner, onCommitted) }),
  };
  const lambda: LocalLambda = await createLocalLambda(service.functions, (environment) =>
    createRuntime(reachingTools(environment, toolWorld), overrides),
  );
  // Those of adapters come from inside an invocation: to bound them, too, would let them wait for each other.
  const limited = atMost(MAX_INVOCATIONS);
  const stepFunctions = createStepFunctions({
    ...{ clock: options.engineClock ?? clock, region, newId, retryDelays: options.retryDelays },
    ...(options.journal && { journal: options.journal }),
    invokeLambda: (invocation, signal) => {
      const invoke = () => limited(() => lambda.invoke(invocation.functionName, invocation.payload));
      return around ? around(invocation, signal, invoke) : invoke();
    },
  });
  for (const { name, definition, type } of service.machines)
    stepFunctions.register({ name, definition, type });

  return {
    ...{ stepFunctions, lambda, bus },
    runtime: createRuntime(reachingTools(service.environment, toolWorld), overrides),
    inProgress: () => inProgress,
    forgetWaiting: decisions.stop,
    planCycleArn: arnOf(machineName(service, service.scheduled.machine)),
    units: () => ({
      state_transitions: stepFunctions.units.stateTransitions,
      lambda_invocations: lambda.units.invocations,
      rru: meter.rru,
      wru: meter.wru,
      put_events: bus.units.putEvents,
    }),
  };
};
