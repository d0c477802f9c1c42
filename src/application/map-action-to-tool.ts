import type { ExecutionState, MappedCall } from '../contracts/execute-action.ts';
import { compensationTool, findTool } from '../contracts/tools.ts';
import type { ActionIntent } from '../domain/intent/action-intent.ts';
import type { ActionTypeEntry } from '../domain/intent/action-type-registry.ts';
import { executionIdempotencyKey } from '../domain/intent/idempotency-key.ts';
import { mapArguments } from '../domain/intent/map-arguments.ts';
import { ToolMappingNotFoundError, ValidationError } from './errors.ts';
import { requireIntent } from './intent-in-flight.ts';
import type { ActionTypeRegistry } from './ports/configuration.ts';
import type { IntentStore } from './ports/executions.ts';

export interface MapActionToToolDeps {
  readonly intents: IntentStore;
  readonly registry: ActionTypeRegistry;
}

/** Largest JSON text of a tool's arguments, in bytes: with it the state of an execution stays below the 256 KiB of Step Functions. */
export const MAX_ARGUMENT_BYTES = 204_800;

/** The tool of a registry entry, and the arguments that an intent gives it. */
export const callOf = (entry: ActionTypeEntry, intent: ActionIntent): MappedCall => {
  const { tool_name, compensation_strategy, action_type, registry_version } = entry;
  const mapped = mapArguments(entry, intent.parameters);
  if (!mapped.ok) {
    throw new ValidationError(`action type ${action_type} needs ${mapped.missing.join(', ')}`, {
      error_code: 'MISSING_REQUIRED_PARAMETER',
    });
  }
  const { tenant_id, action_intent_id } = intent;
  const call = { tool_name, arguments: mapped.arguments as MappedCall['arguments'] };
  const idempotency_key = executionIdempotencyKey({ tenant_id, action_intent_id, registry_version, ...call });
  return { ...call, idempotency_key, compensation_strategy };
};

/**
 * The tool that carries out an action, by the registry version that its intent pins, and the arguments to call it with.
 *
 * @throws ToolMappingNotFoundError when the registry has no such version, or the version names a tool that there is not.
 * @throws ValidationError with code MISSING_REQUIRED_PARAMETER or ARGUMENTS_TOO_LARGE.
 */
export const mapActionToTool = async (
  { intents, registry }: MapActionToToolDeps,
  { execution }: { readonly execution: ExecutionState },
): Promise<MappedCall> => {
  const { tenant_id, action_type, action_intent_id, registry_version } = execution;
  const [intent, entry] = await Promise.all([
    requireIntent(intents, execution, action_intent_id),
    registry.get(tenant_id, action_type, registry_version),
  ]);
  if (!entry) {
    throw new ToolMappingNotFoundError(
      `the registry has no version ${registry_version} of action type ${action_type}`,
    );
  }
  const { tool_name } = entry;
  const tool = findTool(tool_name);
  if (!tool || tool_name === compensationTool(tool)) {
    throw new ToolMappingNotFoundError(
      `version ${registry_version} of action type ${action_type} names tool ${tool_name}, which carries out no action`,
    );
  }
  const call = callOf(entry, intent);
  const bytes = Buffer.byteLength(JSON.stringify(call.arguments));
  if (bytes > MAX_ARGUMENT_BYTES) {
    throw new ValidationError(
      `the arguments of ${tool_name} take ${bytes} bytes, more than ${MAX_ARGUMENT_BYTES}`,
      { error_code: 'ARGUMENTS_TOO_LARGE' },
    );
  }
  return call;
};
