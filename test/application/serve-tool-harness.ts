import type { Connector, ConnectorGuard, ToolCall } from '../../src/application/ports/connectors.ts';
import type { Metrics } from '../../src/application/ports/observability.ts';
import { type ServeToolDeps, serveTool } from '../../src/application/serve-tool.ts';
import type { ToolAnswer, ToolFailure } from '../../src/contracts/tools.ts';
import { fake } from '../support/fakes/fake.ts';
import { SCOPE } from '../support/intents.ts';
import type { World } from '../support/world.ts';

/** A call of a tool that its schema would let pass. */
export const CALL: ToolCall = {
  ...{ ...SCOPE, tool_name: 'crm.create_task', action_intent_id: 'i1', idempotency_key: 'k1' },
  arguments: { title: 'Call' },
};
const RUN = { tool_run_ref: 'crm/k1', tenant_id: 'acme' };
export const DONE: ToolAnswer = {
  ...{ ...RUN, success: true },
  external_object_refs: [{ system: 'CRM', object_type: 'Task', object_id: 't1' }],
};
export const failed = (more: Partial<ToolFailure> = {}): ToolFailure => ({
  ...{ ...RUN, success: false, error_class: 'DOWNSTREAM', error_code: 'CRM_DOWN', transient: false },
  ...{ effect: 'NONE', external_object_refs: [], ...more },
});
export const DEFINITE = failed({ error_class: 'VALIDATION', error_code: 'CRM_REFUSED' });
export const TRANSIENT = failed({ transient: true });
export const UNKNOWN = failed({
  error_class: 'TIMEOUT',
  error_code: 'TIMEOUT',
  transient: true,
  effect: 'UNKNOWN',
});
export const PARTIAL = failed({ effect: 'PARTIAL' });

type Executed = ToolAnswer | Error;
export interface Served {
  readonly executed: ToolCall[];
  readonly counted: Parameters<Metrics['toolCall']>[0][];
  readonly left: boolean[];
}

let requests = 0;

/** A CRM connector that answers as told, one call after the other, on the world's stores. */
export const servingOn =
  (world: World) =>
  (answers: readonly Executed[], more: Partial<ServeToolDeps> = {}) => {
    const served: Served = { executed: [], counted: [], left: [] };
    const left = [...answers];
    const connector = fake<Connector>('Connector', {
      id: 'crm',
      validate: async () => undefined,
      execute: async (call) => {
        served.executed.push(call);
        const answer = left.shift() ?? new Error('nobody expected another call');
        if (answer instanceof Error) throw answer;
        return answer;
      },
    });
    const { clock, idempotency, guard } = world.runtime;
    const deps: ServeToolDeps = {
      ...{ clock, connector, idempotency },
      guard: {
        admit: (admission) => guard.admit(admission),
        leave: (admission, healthy) => {
          served.left.push(healthy);
          return guard.leave(admission, healthy);
        },
      },
      metrics: fake<Metrics>('Metrics', { toolCall: (of) => void served.counted.push(of) }),
      newId: () => {
        requests += 1;
        return `request-${requests}`;
      },
      ...more,
    };
    const serve = (repeatable = true) => serveTool(deps, { ...CALL, repeatable });
    return { serve, served, deps };
  };
/** A guard that does as told, and nothing else. */
export const guarding = (more: Partial<ConnectorGuard>): Pick<ServeToolDeps, 'guard'> => ({
  guard: fake<ConnectorGuard>('ConnectorGuard', more),
});

/** The claim on the key of `CALL`. */
export const claimRow = (world: World) =>
  world.row('EXTERNAL_WRITE_DEDUPE_TABLE_NAME', 'IDEMPOTENCY_KEY#k1', 'CLAIM');

/** What the guard knows of the connector. */
export const connectorRow = (world: World) =>
  world.row('RESILIENCE_TABLE_NAME', 'CONNECTOR#crm#TENANT#acme', 'STATE');
