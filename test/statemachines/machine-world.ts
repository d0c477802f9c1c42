import { createActionTypeRegistry } from '../../src/adapters/dynamodb/action-type-registry-store.ts';
import type { PersonCommand } from '../../src/application/command-plan.ts';
import { commandPlan } from '../../src/application/command-plan.ts';
import type { PlanKey } from '../../src/application/ports/plans.ts';
import type { ToolGateway } from '../../src/application/ports/tools.ts';
import { secondsAfter } from '../../src/domain/identifiers.ts';
import type { NewActionTypeEntry } from '../../src/domain/intent/action-type-registry.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { VirtualClock } from '../../src/local/clock/virtual-clock.ts';
import { createDynamoDbClient } from '../../src/local/dynamodb/client.ts';
import { createLocalSystem, type LocalSystem } from '../../src/local/local-system.ts';
import { introducePlan } from '../../src/local/scenario/play.ts';
import { parseScenario, type Scenario } from '../../src/local/scenario/scenario.ts';
import { seedRows } from '../../src/local/scenario/seed-rows.ts';
import { loadService, type ServiceDefinition } from '../../src/local/service/service-definition.ts';
import type { LambdaInvocation } from '../../src/local/step-functions/engine/lambda-invocation.ts';
import type { ExecutionRecord } from '../../src/local/step-functions/executions/execution.ts';
import { directGateway } from '../support/direct-gateway.ts';
import { newWorld, type World } from '../support/world.ts';

export const START = '2026-01-05T09:00:00.000Z';

type Invoke = () => Promise<unknown>;
/** Stands before invocations of a state's function, and may answer in its place. */
export type Interceptor = (invocation: LambdaInvocation, invoke: Invoke) => Promise<unknown>;

/** The whole local system over tables of its own, with a hand in its invocations, its tools and its database calls. */
export interface MachineWorld {
  readonly system: LocalSystem;
  readonly world: World;
  readonly clock: VirtualClock;
  /** By name of the state. */
  readonly intercept: Map<string, Interceptor>;
  /** Looks at each DynamoDB call before it is made; what it gives is thrown. */
  fault: ((operation: string, input: Readonly<Record<string, unknown>>) => Error | undefined) | undefined;
  /** Stands around each DynamoDB call. */
  call: (<T>(what: string, carryOut: () => Promise<T>) => Promise<T>) | undefined;
  /** Takes the place of the tools. */
  tool: ToolGateway['invoke'] | undefined;
  undo: ToolGateway['compensate'] | undefined;
  introduce(content: object): Promise<void>;
  startCycle(input?: unknown): Promise<string>;
  /** Runs a cycle, and everything that it starts, to its end. */
  cycle(input?: unknown): Promise<ExecutionRecord>;
  /** Runs an execution of an intent of account a1 of acme, or whatever else the event says, with more beside the event. */
  execute(actionIntentId: string, of?: object, more?: object): Promise<ExecutionRecord>;
  executions(): ExecutionRecord[];
  settle(): Promise<void>;
  /** As ben, of a plan of account a1 of acme. */
  tell(planId: string, command: PersonCommand): Promise<void>;
  /** Of account a1 of acme. */
  plan(planId: string): Promise<Plan>;
  planOf(key: PlanKey): Promise<Plan>;
  wait(minutes: number): void;
  close(): Promise<void>;
}

const REGION = 'us-east-1';

const serviceOn = ({ tables }: World, maxPlansPerRun: number): ServiceDefinition => {
  const prefix = `${tables.tableNames.RevenuePlansTable}`.replace(/-revenue-plans$/, '');
  const environment = {
    ORCHESTRATOR_MAX_PLANS_PER_RUN: String(maxPlansPerRun),
    CYCLE_INTERVAL_SECONDS: '60',
  };
  return loadService({ stage: 'test', prefix, environment });
};

/** A scenario's fields that tests seldom care about. */
const withDefaults = (content: object): Scenario =>
  parseScenario({
    ...{ start: START, until: '2027-01-01T00:00:00.000Z', cycle_minutes: 1 },
    tenants: [{ tenantId: 'acme', status: 'active' }],
    autonomy: ['a1', 'a2', 'a3'].map((account_id) => ({
      ...{ tenant_id: 'acme', account_id, budget: { max_autonomous_per_day: 100 } },
      ...{ allowlist: ['PREP_RENEWAL_BRIEF'], modes: { PREP_RENEWAL_BRIEF: 'AUTO_EXECUTE' } },
    })),
    plans: [],
    ...content,
  });

/** acme keeps meetings as tasks of its own: there is no CRM here. */
const MEETING: NewActionTypeEntry = {
  ...{ action_type: 'REQUEST_RENEWAL_MEETING', tenant_id: 'acme', tool_name: 'internal.create_task' },
  ...{ tool_schema_version: 'v1.0', required_scopes: [], risk_class: 'HIGH' },
  compensation_strategy: 'AUTOMATIC',
  parameter_mapping: {
    title: { toolParam: 'title', transform: 'PASSTHROUGH', required: true, default: 'Renewal meeting' },
  },
};

const MINUTE_MS = 60_000;
const PASSED_OVER = { info: () => {}, error: () => {} };

export interface MachineWorldOptions {
  readonly maxPlansPerRun?: number;
  /** Changes what is deployed, where no input can bring about what is to be tested. */
  readonly change?: (service: ServiceDefinition) => ServiceDefinition;
}

export const newMachineWorld = async ({
  maxPlansPerRun = 5,
  change = (service) => service,
}: MachineWorldOptions = {}): Promise<MachineWorld> => {
  const world = await newWorld();
  const service = change(serviceOn(world, maxPlansPerRun));
  const clock = new VirtualClock(new Date(START));
  const dynamoDb = createDynamoDbClient({ endpoint: world.tables.endpoint, region: REGION });
  world.tables.watch(dynamoDb);
  const intercept = new Map<string, Interceptor>();
  const hooks: Pick<MachineWorld, 'fault' | 'call' | 'tool' | 'undo'> = {
    ...{ fault: undefined, call: undefined, tool: undefined, undo: undefined },
  };
  dynamoDb.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const error = hooks.fault?.(commandName.replace(/Command$/, ''), args.input as never);
        if (error) throw error;
        const carryOut = () => next(args);
        return hooks.call ? hooks.call(commandName, carryOut) : carryOut();
      },
    { step: 'build', name: 'faults' },
  );
  let ids = 0;
  const system = await createLocalSystem({
    ...{ service, clock, dynamoDb, region: REGION, retryDelays: 'none', log: PASSED_OVER },
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    gateway: directGateway,
    tools: (inner) => ({
      invoke: (invocation) => (hooks.tool ?? inner.invoke)(invocation),
      compensate: (invocation) => (hooks.undo ?? inner.compensate)(invocation),
    }),
    around: (invocation, _signal, invoke) =>
      intercept.get(invocation.stateName)?.(invocation, invoke) ?? invoke(),
  });
  const { stepFunctions, runtime, planCycleArn } = system;
  const executeActionArn = planCycleArn.replace(/plan-cycle$/, 'execute-action');
  const executions = () => stepFunctions.listExecutions(executeActionArn);
  const settle = async () => {
    for (const { executionArn } of executions()) await stepFunctions.settled(executionArn);
  };
  const start = async (stateMachineArn: string, input: unknown): Promise<string> => {
    const text = typeof input === 'string' ? input : JSON.stringify(input);
    return (await stepFunctions.startExecution({ stateMachineArn, input: text })).executionArn;
  };
  const finish = async (executionArn: string): Promise<ExecutionRecord> => {
    const record = await stepFunctions.settled(executionArn);
    await settle();
    return record;
  };
  const planOf = async (key: PlanKey): Promise<Plan> => {
    const plan = await runtime.plans.get(key);
    if (!plan) throw new Error(`there is no plan ${key.plan_id}`);
    return plan;
  };
  return Object.assign(hooks, {
    ...{ system, world, clock, intercept, executions, settle },
    introduce: async (content: object) => {
      const seeded = withDefaults(content);
      await seedRows(world.tables.documentClient, world.names, seeded, START);
      await createActionTypeRegistry(world.tables.documentClient, world.names).register(MEETING, START);
      for (const plan of seeded.plans) await introducePlan(runtime, plan);
    },
    startCycle: (input: unknown = {}) => start(planCycleArn, input),
    cycle: async (input: unknown = {}) => finish(await start(planCycleArn, input)),
    execute: async (action_intent_id: string, of: object = {}, more: object = {}) => {
      const approval = { approval_source: 'HUMAN', auto_executed: false };
      const data = { action_intent_id, tenant_id: 'acme', account_id: 'a1', ...approval, ...of };
      return stepFunctions.settled(await start(executeActionArn, { detail: { data }, ...more }));
    },
    tell: async (plan_id: string, command: PersonCommand) => {
      const key = { tenant_id: 'acme', account_id: 'a1', plan_id };
      const result = await commandPlan(runtime, { key, by: 'ben', command });
      if (!result.ok) throw new Error(`refused: ${result.message}`);
    },
    plan: (plan_id: string) => planOf({ tenant_id: 'acme', account_id: 'a1', plan_id }),
    planOf,
    wait: (minutes: number) => clock.moveTo(new Date(clock.now().getTime() + minutes * MINUTE_MS)),
    close: async () => {
      await settle();
      dynamoDb.destroy();
      await world.tables.release();
    },
  });
};

/** A plan of a scenario: approved, of account a1, with one step that runs by itself. */
export const briefPlan = (plan_id: string, more: object = {}) => ({
  ...{ plan_id, tenant_id: 'acme', account_id: 'a1', plan_type: 'RENEWAL_DEFENSE', objective: 'Renew' },
  ...{ plan_status: 'APPROVED', created_by: 'ana', approved_by: 'ben' },
  expires_at: secondsAfter(START, 30 * 86_400),
  steps: [{ step_id: 's1', action_type: 'PREP_RENEWAL_BRIEF' }],
  ...more,
});

/** One whose step waits for a person. */
export const meetingPlan = (plan_id: string, more: object = {}) =>
  briefPlan(plan_id, { steps: [{ step_id: 's1', action_type: 'REQUEST_RENEWAL_MEETING' }], ...more });
