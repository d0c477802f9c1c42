import type { StateMachine } from 'aws-local-stepfunctions';
import type { CompiledState } from '../definition/compile.ts';
import { CONTEXT_KEY } from '../definition/expression.ts';
import { runtimeError } from '../state-error.ts';
import { engineFailure } from './engine-failure.ts';
import type { Frame, StateContext } from './runtime.ts';

/** What the engine hands to the handler of a Map. */
export interface MapPayload {
  readonly input: unknown;
  readonly items: unknown;
  readonly maxConcurrency?: number;
  readonly toleratedFailureCount?: number;
  readonly toleratedFailurePercentage?: number;
  readonly batcher?: BatcherPayload;
}

export interface BatcherPayload {
  readonly maxItems?: number;
  readonly maxBytes?: number;
  readonly batchInput?: unknown;
}

export function itemsOf(state: CompiledState, { items }: MapPayload): readonly unknown[] {
  if (Array.isArray(items)) return items;
  const path = state.asl.ItemsPath ?? '$';
  throw runtimeError(`The items of the Map state '${state.name}', at ${path}, must be an array.`);
}

export const contextOfItem = (item: unknown, index: number): NonNullable<StateContext['Map']> => ({
  Item: { Index: index, Value: item },
});

/** What the item processor gets for an item: the item, or what the ItemSelector makes of it. */
export async function selectItem(
  frame: Frame,
  { selector }: CompiledState,
  { input }: MapPayload,
  map: NonNullable<StateContext['Map']>,
): Promise<unknown> {
  if (!selector) return map.Item.Value;
  return evaluate(selector, {
    [CONTEXT_KEY]: { ...frame.context, Map: map },
    f: { mapInput: input, empty: {} },
  });
}

async function evaluate(selector: StateMachine, context: Record<string, unknown>): Promise<unknown> {
  try {
    return await selector.run({}, { context }).result;
  } catch (error) {
    throw engineFailure(error);
  }
}
