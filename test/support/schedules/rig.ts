import type { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { handler as activatePlan } from '../../../functions/tasks/activate-plan.ts';
import { handler as applyStepOutcome } from '../../../functions/tasks/apply-step-outcome.ts';
import { handler as closeCycle } from '../../../functions/tasks/close-cycle.ts';
import { handler as compensateAction } from '../../../functions/tasks/compensate-action.ts';
import { handler as decideApproval } from '../../../functions/tasks/decide-approval.ts';
import { handler as dispatchStep } from '../../../functions/tasks/dispatch-step.ts';
import { handler as emitSignal } from '../../../functions/tasks/emit-signal.ts';
import { handler as enumeratePlans } from '../../../functions/tasks/enumerate-plans.ts';
import { handler as enumerateTenants } from '../../../functions/tasks/enumerate-tenants.ts';
import { handler as evaluatePlan } from '../../../functions/tasks/evaluate-plan.ts';
import { handler as invokeTool } from '../../../functions/tasks/invoke-tool.ts';
import { handler as mapActionToTool } from '../../../functions/tasks/map-action-to-tool.ts';
import { handler as openCycle } from '../../../functions/tasks/open-cycle.ts';
import { handler as postponePlan } from '../../../functions/tasks/postpone-plan.ts';
import { handler as recordFailure } from '../../../functions/tasks/record-failure.ts';
import { handler as recordOutcome } from '../../../functions/tasks/record-outcome.ts';
import { handler as repairStep } from '../../../functions/tasks/repair-step.ts';
import { handler as startExecution } from '../../../functions/tasks/start-execution.ts';
import { handler as validatePreflight } from '../../../functions/tasks/validate-preflight.ts';
import type { TableNames } from '../../../src/adapters/dynamodb/table-names.ts';
import type { ActionApproved } from '../../../src/application/ports/events.ts';
import type { ToolGateway, ToolInvocation, ToolResult } from '../../../src/application/ports/tools.ts';
import { createDynamoDbClient } from '../../../src/local/dynamodb/client.ts';
import { noMetrics } from '../../../src/runtime/metrics.ts';
import { createRuntime, type Runtime } from '../../../src/runtime/runtime.ts';
import type { Task, TaskHandler } from '../../../src/runtime/task.ts';
import { adaptersOn, directGateway } from '../direct-gateway.ts';
import type { FreshTables } from '../dynamodb.ts';
import { dynamoDbCall, fromWire, toWire } from './dynamodb-call.ts';
import { type RawTables, rawTables } from './raw-table-reader.ts';

const TASKS: Readonly<Record<string, Task>> = {
  OpenCycle: openCycle,
  EnumerateTenants: enumerateTenants,
  EnumeratePlans: enumeratePlans,
  ActivatePlan: activatePlan,
  EvaluatePlan: evaluatePlan,
  DispatchStep: dispatchStep,
  DecideApproval: decideApproval,
  RepairStep: repairStep,
  PostponePlan: postponePlan,
  CloseCycle: closeCycle,
  StartExecution: startExecution,
  ValidatePreflight: validatePreflight,
  MapActionToTool: mapActionToTool,
  InvokeTool: invokeTool,
  CompensateAction: compensateAction,
  RecordOutcome: recordOutcome,
  RecordFailure: recordFailure,
  EmitSignal: emitSignal,
  ApplyStepOutcome: applyStepOutcome,
};

/** What a schedule puts in the place of the world outside. */
export interface Outside {
  now(): Date;
  maxPlansPerRun(): number;
  /** Stands before and after every call of DynamoDB. */
  call<T>(operation: string, input: object, carryOut: () => Promise<T>): Promise<T>;
  publish(event: ActionApproved): Promise<void>;
  /** The bus takes a signal of an outcome or an escalation, by its id. */
  tell(id: string): Promise<void>;
  tool(invocation: ToolInvocation, inner: ToolGateway): Promise<ToolResult>;
}

/** The real handlers over real tables, made once for many schedules, of which one runs at a time. */
export interface Rig {
  readonly names: TableNames;
  readonly raw: RawTables;
  readonly runtime: Runtime;
  readonly handlers: ReadonlyMap<string, TaskHandler>;
  outside: Outside;
}

/** The lease of a cycle lapses after two of these. */
export const CYCLE_SECONDS = 60;

const nobody = (): never => {
  throw new Error('no schedule runs');
};
/** Before the first schedule. */
const NOBODY: Outside = {
  call: (_operation, _input, carryOut) => carryOut(),
  ...{ now: nobody, maxPlansPerRun: nobody, publish: nobody, tell: nobody, tool: nobody },
};

const SETTINGS = {
  ORCHESTRATOR_MAX_PLANS_PER_RUN: '1',
  CYCLE_INTERVAL_SECONDS: String(CYCLE_SECONDS),
  EVENT_BUS_NAME: 'bus',
  GATEWAY_URL: 'none',
  GATEWAY_TOKEN_URL: 'none',
  GATEWAY_CLIENT_SECRET_ID: 'none',
};

const busOf = (rig: Rig): Pick<EventBridgeClient, 'send'> => {
  const send = async ({ input }: PutEventsCommand) => {
    for (const { DetailType, Detail = '' } of input.Entries ?? []) {
      const { data } = JSON.parse(Detail);
      if (DetailType === 'ACTION_APPROVED') await rig.outside.publish(data);
      else await rig.outside.tell(data.signalId ?? data.escalation_id);
    }
    return { FailedEntryCount: 0 };
  };
  return { send: send as unknown as EventBridgeClient['send'] };
};

const gatedClient = (endpoint: string, rig: Rig) => {
  const client = createDynamoDbClient({ endpoint });
  // Whatever else the SDK does comes after this step.
  client.middlewareStack.add(
    (_next, { commandName = '' }) =>
      ({ input }) => {
        const operation = commandName.replace(/Command$/, '');
        const body = toWire(input);
        return rig.outside.call(operation, body, async () => {
          const output = fromWire(await dynamoDbCall(endpoint, operation, body));
          return { output: { ...output, $metadata: {} } as never, response: undefined };
        });
      },
    { step: 'serialize', priority: 'high', name: 'turns' },
  );
  return client;
};

const withSettings = (runtime: Runtime, rig: Rig): Runtime => {
  const settings = {
    leaseTtlSeconds: 2 * CYCLE_SECONDS,
    get maxPlansPerRun() {
      return rig.outside.maxPlansPerRun();
    },
  };
  return Object.create(runtime, { settings: { value: settings } });
};

export const newRig = ({ endpoint, env }: FreshTables): Rig => {
  const rig = { outside: NOBODY, names: env as unknown as TableNames, raw: rawTables(endpoint) } as Rig;
  const silent = { info: () => {}, error: () => {} };
  const runtime: Runtime = createRuntime(
    { ...env, ...SETTINGS },
    {
      clock: {
        now: () => rig.outside.now(),
        sleep: () => Promise.reject(new Error('nothing here may sleep')),
      },
      ...{ log: silent, dynamoDb: gatedClient(endpoint, rig), eventBridge: busOf(rig) },
      metrics: noMetrics,
      gateway: directGateway(adaptersOn(() => runtime)),
      tools: (inner) => ({ ...inner, invoke: (invocation) => rig.outside.tool(invocation, inner) }),
    },
  );
  const withK = withSettings(runtime, rig);
  const handlers = new Map(Object.entries(TASKS).map(([state, task]) => [state, task.with(withK)]));
  return Object.assign(rig, { runtime, handlers });
};
