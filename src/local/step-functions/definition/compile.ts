import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { type AslMachine, type AslState, catchersOf, itemProcessorOf, retriersOf } from './asl.ts';
import { rewriteTemplate } from './expression.ts';
import { ENGINE_TIMEOUT_SECONDS, hasHandler, MAP_INPUT, rewriteState } from './rewrite-state.ts';
import { type TaskResource, taskResource } from './task-resource.ts';

/** A state of the definition with what the adapter needs to run it. */
export interface CompiledState {
  readonly name: string;
  readonly asl: AslState;
  /** The name under which the engine runs the state proper; under its own name it runs the notice that it was entered. */
  readonly runName: string;
  readonly hasHandler: boolean;
  readonly resource: TaskResource | undefined;
  /** The branches of a Parallel state, or the one machine of a Map. */
  readonly children: readonly CompiledMachine[];
  /** Evaluates the ItemSelector of a Map for one item. */
  readonly selector: StateMachine | undefined;
  /** `States.ALL` does not match States.DataLimitExceeded; these say whether the state names it. */
  readonly retriesDataLimit: boolean;
  readonly catchesDataLimit: boolean;
}

export interface CompiledMachine {
  readonly engine: StateMachine;
  readonly states: readonly CompiledState[];
  /** The engine's own delays are switched off: delays are waited for on the clock. */
  readonly noRetryDelays: Readonly<Record<string, number>>;
  readonly timeoutSeconds: number | undefined;
}

/** Not a character of a state's name, so it cannot clash with one. */
const RUN_SUFFIX = '\u0000run';

/** Rewrites a checked definition for the engine. Do it once; the result may run any number of times at once. */
export function compileMachine(definition: AslMachine): CompiledMachine {
  const states = Object.entries(definition.States).map(([name, state]) => compileState(name, state));
  return {
    engine: engineFor({
      StartAt: definition.StartAt,
      States: Object.fromEntries(states.flatMap((state) => engineStates(state))),
    }),
    states,
    noRetryDelays: Object.fromEntries(states.map(({ runName }) => [runName, 0])),
    timeoutSeconds: definition.TimeoutSeconds,
  };
}

function compileState(name: string, asl: AslState): CompiledState {
  const names = (matchers: readonly { ErrorEquals: readonly string[] }[]) =>
    matchers.some(({ ErrorEquals }) => ErrorEquals.includes('States.DataLimitExceeded'));
  return {
    name,
    asl,
    runName: `${name}${RUN_SUFFIX}`,
    hasHandler: hasHandler(asl),
    resource: asl.Type === 'Task' ? taskResource(String(asl.Resource)) : undefined,
    children: childrenOf(asl).map(compileMachine),
    selector: asl.Type === 'Map' ? selectorOf(asl) : undefined,
    retriesDataLimit: names(retriersOf(asl)),
    catchesDataLimit: names(catchersOf(asl)),
  };
}

function childrenOf(state: AslState): readonly AslMachine[] {
  if (state.Type === 'Parallel') return state.Branches as AslMachine[];
  return state.Type === 'Map' ? [itemProcessorOf(state)] : [];
}

function engineStates({ name, runName, asl }: CompiledState): [string, AslState][] {
  const entry = {
    Type: 'Task',
    Resource: 'adapter',
    TimeoutSeconds: ENGINE_TIMEOUT_SECONDS,
    Next: runName,
  };
  return [
    [name, entry],
    [runName, rewriteState(asl)],
  ];
}

/** The Map's input is read from the context: as the selector's own input it would be copied for every item. */
function selectorOf(state: AslState): StateMachine | undefined {
  const template = state.ItemSelector ?? state.Parameters;
  if (template === undefined) return undefined;
  const Parameters = rewriteTemplate(template, { root: MAP_INPUT });
  return engineFor({ StartAt: 'Select', States: { Select: { Type: 'Pass', Parameters, End: true } } });
}

function engineFor(definition: AslMachine): StateMachine {
  return new StateMachine(definition as unknown as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
}
