import type { AslState, Fields } from './asl.ts';
import { isFields } from './asl.ts';
import { rewriteExpression, rewriteTemplate } from './expression.ts';
import { rewriteRule } from './rewrite-choice.ts';

/**
 * The engine gives a Task without TimeoutSeconds 60 s, on a real timer, and its timers overflow at 2^31 ms. Timeouts are
 * kept on the clock by the adapter, so this one (23 days) must only stay out of the way.
 */
export const ENGINE_TIMEOUT_SECONDS = 2_000_000;

/** Keys of the engine's context where the values of the present state stand; see `Frame.values`. */
const INPUT = '$$.f.input';
const RESULT = '$$.f.result';
const EMPTY = '$$.f.empty';
export const MAP_INPUT = '$$.f.mapInput';

type Payload = Record<string, unknown>;

/** What the state's handler is called with, by type of state; a state that is not here is left to the engine. */
const payloads: Readonly<Record<string, (state: AslState) => Payload | undefined>> = {
  Task: (state) => ({
    ...inputOf(state),
    ...fixedOrPath(state, 'TimeoutSeconds', 'timeoutSeconds'),
    ...fixedOrPath(state, 'HeartbeatSeconds', 'heartbeatSeconds'),
  }),
  Wait: (state) => ({
    ...inputOf(state),
    ...fixedOrPath(state, 'Seconds', 'seconds'),
    ...fixedOrPath(state, 'Timestamp', 'timestamp'),
  }),
  Fail: (state) => ({
    ...fixedOrPath(state, 'Error', 'error'),
    ...fixedOrPath(state, 'Cause', 'cause'),
  }),
  Pass: (state) => ('Result' in state ? {} : undefined),
  Parallel: inputOf,
  Map: (state) => ({
    ...inputOf({ ...state, Parameters: undefined }),
    'items.$': rewriteExpression(typeof state.ItemsPath === 'string' ? state.ItemsPath : '$', rootsOf(state)),
    ...fixedOrPath(state, 'MaxConcurrency', 'maxConcurrency'),
    ...fixedOrPath(state, 'ToleratedFailureCount', 'toleratedFailureCount'),
    ...fixedOrPath(state, 'ToleratedFailurePercentage', 'toleratedFailurePercentage'),
    ...(isFields(state.ItemBatcher) && { batcher: batcherOf(state, state.ItemBatcher) }),
  }),
};

/**
 * The state as the engine is to run it: as a Task whose handler the adapter brings, or as itself with its paths and rules
 * put right. Its input and output processing stays with the engine.
 */
export function rewriteState(state: AslState): AslState {
  const payload = payloads[state.Type]?.(state);
  return payload ? asTask(state, payload) : asItself(state);
}

/** True when the adapter's handler does what the state is for. */
export const hasHandler = (state: AslState): boolean => payloads[state.Type]?.(state) !== undefined;

function asTask(state: AslState, payload: Payload): AslState {
  return {
    ...(state.Type === 'Fail' ? { End: true } : pick(state, ['Next', 'End', 'Retry'])),
    ...(state.Catch ? { Catch: (state.Catch as Fields[]).map(withoutRootResultPath) } : {}),
    Type: 'Task',
    Resource: 'adapter',
    TimeoutSeconds: ENGINE_TIMEOUT_SECONDS,
    Parameters: payload,
    ...outputProcessing(state),
  };
}

function asItself(state: AslState): AslState {
  const choices = state.Choices as Fields[] | undefined;
  return {
    ...pick(state, ['Type', 'Next', 'End', 'Default']),
    ...(typeof state.InputPath === 'string' && state.InputPath !== '$' && !('Parameters' in state)
      ? { InputPath: rewriteExpression(state.InputPath) }
      : {}),
    ...(state.InputPath === null ? { InputPath: null } : {}),
    ...('Parameters' in state ? { Parameters: rewriteTemplate(state.Parameters, rootsOf(state)) } : {}),
    ...(choices ? { Choices: choices.map(rewriteRule) } : {}),
    ...outputProcessing(state),
  };
}

function outputProcessing(state: AslState): Fields {
  return withoutRootResultPath({
    ...('ResultSelector' in state
      ? { ResultSelector: rewriteTemplate(state.ResultSelector, { bare: RESULT }) }
      : {}),
    ...pick(state, ['ResultPath']),
    ...(state.OutputPath === null ? { OutputPath: null } : {}),
    ...(typeof state.OutputPath === 'string' && state.OutputPath !== '$'
      ? { OutputPath: rewriteExpression(state.OutputPath) }
      : {}),
  });
}

/** `"ResultPath": "$"` is the default, but the engine takes it for a field named `$`. */
function withoutRootResultPath(fields: Fields): Fields {
  const { ResultPath, ...others } = fields;
  return ResultPath === '$' || !('ResultPath' in fields) ? others : fields;
}

/** With an InputPath the paths are joined to it, so that one that selects false or null finds it too. */
function rootsOf(state: AslState): { root: string } | { bare: string } {
  if (state.InputPath === null) return { root: EMPTY };
  if (typeof state.InputPath !== 'string' || state.InputPath === '$') return { bare: INPUT };
  return { root: rewriteExpression(state.InputPath) };
}

function inputOf(state: AslState): Payload {
  if (state.Parameters === undefined) return { 'input.$': rewriteExpression('$', rootsOf(state)) };
  return { input: rewriteTemplate(state.Parameters, rootsOf(state)) };
}

function fixedOrPath(
  state: Fields,
  field: string,
  name: string,
  source: AslState = state as AslState,
): Payload {
  const path = state[`${field}Path`];
  if (typeof path === 'string') return { [`${name}.$`]: rewriteExpression(path, rootsOf(source)) };
  return state[field] === undefined ? {} : { [name]: state[field] };
}

function batcherOf(state: AslState, batcher: Fields): Payload {
  return {
    ...fixedOrPath(batcher, 'MaxItemsPerBatch', 'maxItems', state),
    ...fixedOrPath(batcher, 'MaxInputBytesPerBatch', 'maxBytes', state),
    ...('BatchInput' in batcher ? { batchInput: rewriteTemplate(batcher.BatchInput, rootsOf(state)) } : {}),
  };
}

function pick(fields: Fields, names: readonly string[]): Fields & { Type: string } {
  return Object.fromEntries(
    names.filter((name) => name in fields).map((name) => [name, fields[name]]),
  ) as never;
}
