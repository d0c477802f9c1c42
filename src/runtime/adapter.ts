import middy from '@middy/core';
import type * as z from 'zod';
import { serveCompensation, serveTool } from '../application/serve-tool.ts';
import { type ConnectorId, findTool, type ToolAnswer, type ToolDefinition } from '../contracts/tools.ts';
import type { ExternalObjectRef } from '../domain/execution/execution.ts';
import { required } from './environment.ts';
import { createRuntime, type Runtime } from './runtime.ts';

/** What the gateway tells an adapter besides the arguments, in the manner of Bedrock AgentCore. */
export interface AdapterContext {
  readonly clientContext?: { readonly custom?: Readonly<Record<string, string>> } | undefined;
  readonly awsRequestId?: string;
}

export type AdapterHandler = (event: unknown, context: AdapterContext) => Promise<ToolAnswer>;

/** The Lambda handler of a connector, which can be bound to another runtime: a laptop's, or a test's. */
export type Adapter = AdapterHandler & {
  readonly environment: readonly string[];
  with(runtime: Runtime): AdapterHandler;
};

interface AdapterDefinition {
  readonly connector: ConnectorId;
  /** Whether calls are held off while the system is down, and bounded in number. */
  readonly guarded: boolean;
  readonly environment: readonly string[];
}

/** The gateway qualifies the names of tools: `<target>___<tool>`. */
const toolNameOf = ({ clientContext }: AdapterContext): string => {
  const qualified = clientContext?.custom?.bedrockAgentCoreToolName ?? '';
  return qualified.slice(qualified.indexOf('___') < 0 ? 0 : qualified.indexOf('___') + '___'.length);
};

const refusal = (event: unknown, error_code: string, error_message: string): ToolAnswer => {
  const { tenant_id, idempotency_key } = (event ?? {}) as Record<string, unknown>;
  return {
    success: false,
    ...{ error_class: 'VALIDATION', error_code, error_message, transient: false, effect: 'NONE' },
    external_object_refs: [],
    tool_run_ref: `refused/${String(idempotency_key)}`,
    tenant_id: String(tenant_id),
  };
};

/** Where arguments do not fit, and why; never what they are, since an outcome keeps it. */
const misfits = ({ issues }: z.ZodError): string =>
  issues
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `${[...issue.path, key].join('.')}: is not known here`)
        : [`${issue.path.join('.') || 'arguments'}: ${issue.message}`],
    )
    .join('; ');

const serve = async (
  { connector: id, guarded }: AdapterDefinition,
  runtime: Runtime,
  tool: ToolDefinition,
  args: Readonly<Record<string, unknown>>,
  requestId: string,
): Promise<ToolAnswer> => {
  const { tenant_id, account_id, action_intent_id, idempotency_key, ...own } = args as Record<string, string>;
  const envelope = { tenant_id, account_id, action_intent_id, idempotency_key } as Record<
    'tenant_id' | 'account_id' | 'action_intent_id' | 'idempotency_key',
    string
  >;
  const { clock, idempotency, metrics } = runtime;
  const deps = {
    ...{ clock, idempotency, metrics, connector: runtime.connectors[id](), newId: () => requestId },
    guard: guarded ? runtime.guard : undefined,
  };
  if (tool.name.endsWith('.compensate')) {
    const { tool_name, external_object_refs } = own as unknown as {
      tool_name: string;
      external_object_refs: ExternalObjectRef[];
    };
    return serveCompensation(deps, { ...envelope, tool_name, external_object_refs });
  }
  const { repeatable } = tool;
  return serveTool(deps, { ...envelope, tool_name: tool.name, arguments: own, repeatable });
};

const bind = (definition: AdapterDefinition, runtimeOf: () => Runtime): AdapterHandler => {
  let ready: Runtime | undefined;
  const prepare = (): Runtime => {
    const runtime = runtimeOf();
    for (const name of definition.environment) required(runtime.environment, name);
    return runtime;
  };
  const handler = middy().handler(async (event: unknown, context: unknown) => {
    ready ??= prepare();
    const { awsRequestId = 'local' } = context as AdapterContext;
    const name = toolNameOf(context as AdapterContext);
    const tool = findTool(name);
    if (tool?.connector !== definition.connector)
      return refusal(event, 'TOOL_NOT_FOUND', `the ${definition.connector} adapter has no tool ${name}`);
    const parsed = tool.arguments.safeParse(event);
    if (!parsed.success) return refusal(event, 'VALIDATION_FAILED', misfits(parsed.error));
    return serve(definition, ready, tool, parsed.data, awsRequestId);
  });
  return (event, context) => handler(event as never, context as never) as unknown as Promise<ToolAnswer>;
};

/** Makes the Lambda handler of a connector: its tool by name, arguments by that tool's schema, everything else an answer. */
export const adapter = (definition: AdapterDefinition): Adapter =>
  Object.assign(
    bind(definition, () => createRuntime(process.env)),
    {
      environment: definition.environment,
      with: (runtime: Runtime) => bind(definition, () => runtime),
    },
  );
