import { retriersOf } from '../definition/asl.ts';
import type { CompiledState } from '../definition/compile.ts';
import { record } from './frame.ts';
import type { Frame } from './runtime.ts';
import { jsonWithinLimit } from './state-payload.ts';

/** What is cut short must not be: AWS says in each event whether it cut the text. */
const WHOLE = { truncated: false };

/** Called by the engine before it runs a state: the previous one was left with what this one is entered with. */
export function enterState(frame: Frame, state: CompiledState, input: unknown): unknown {
  if (frame.scope.reason) throw frame.scope.reason;
  const json = jsonWithinLimit(frame, input);
  leaveState(frame, json);
  record(frame, `${state.asl.Type}StateEntered`, {
    stateEnteredEventDetails: { name: state.name, input: json, inputDetails: WHOLE },
  });
  countTransition(frame);
  frame.visit = { state, retryCount: 0, retriesUsed: retriersOf(state.asl).map(() => 0) };
  frame.values.input = input;
  showInContext(frame, state);
  return input;
}

function showInContext({ context, host }: Frame, { name, resource }: CompiledState): void {
  context.State = { EnteredTime: host.clock.now().toISOString(), Name: name, RetryCount: 0 };
  if (resource?.kind === 'token') context.Task = { Token: host.newId() };
}

export function leaveState(frame: Frame, json: string): void {
  if (!frame.visit) return;
  const { name, asl } = frame.visit.state;
  record(frame, `${asl.Type}StateExited`, {
    stateExitedEventDetails: { name, output: json, outputDetails: WHOLE },
  });
}

export function countTransition({ execution, host }: Frame): void {
  execution.countTransition();
  if (execution.record.type === 'STANDARD') host.units.stateTransitions += 1;
  else host.units.expressStateTransitions += 1;
}
