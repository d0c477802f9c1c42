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
  const { retries } = { retries: (state.asl.Retry as unknown[] | undefined)?.length ?? 0 };
  frame.visit = {
    state,
    enteredEventId: frame.lastEventId,
    retryCount: 0,
    retriesUsed: new Array(retries).fill(0),
  };
  frame.values.input = input;
  frame.context.State = {
    EnteredTime: frame.host.clock.now().toISOString(),
    Name: state.name,
    RetryCount: 0,
  };
  if (state.resource?.kind === 'token') frame.context.Task = { Token: frame.host.newId() };
  return input;
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
