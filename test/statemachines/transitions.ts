import { readFileSync } from 'node:fs';
import type { LocalSystem } from '../../src/local/local-system.ts';
import type { HistoryEvent } from '../../src/local/step-functions/executions/history-event.ts';

interface Handler {
  readonly ErrorEquals: readonly string[];
}
interface Retrier extends Handler {
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
}
export interface State {
  readonly Type: string;
  readonly TimeoutSeconds?: number;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly (Handler & { readonly Next: string })[];
  readonly ItemProcessor?: Machine;
}
export interface Machine {
  readonly TimeoutSeconds?: number;
  readonly States: Readonly<Record<string, State>>;
}

/** A state machine's file, as it is deployed. */
export const machineFile = (name: 'plan-cycle' | 'execute-action'): Machine =>
  JSON.parse(readFileSync(`statemachines/${name}.asl.json`, 'utf8'));

/** All states of a machine and of the item processors in it. */
export const statesOf = (machine: Machine): [string, State][] =>
  Object.entries(machine.States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.ItemProcessor ? statesOf(state.ItemProcessor) : []),
  ]);

const CAUGHT = ' (caught)';

const targetsOf = ({ Next, Default, Choices = [], Catch = [] }: State): string[] => [
  ...[Next, Default, ...Choices.map((choice) => choice.Next)].filter((target) => target !== undefined),
  ...Catch.map((catcher) => `${catcher.Next}${CAUGHT}`),
];

/** Every way from one state to another, as `From → To`, with a remark if a Catch leads there. */
export const possibleTransitions = (machine: Machine): string[] =>
  statesOf(machine).flatMap(([name, state]) => targetsOf(state).map((target) => `${name} → ${target}`));

interface StateDetails {
  readonly stateEnteredEventDetails?: { readonly name: string };
  readonly stateExitedEventDetails?: { readonly name: string };
}

/** The event before a state is left whose failure was caught. */
const FAILED = /(Failed|TimedOut)$/;

const transitionsIn = (history: readonly HistoryEvent[]): string[] =>
  (history as readonly (HistoryEvent & StateDetails)[]).flatMap((event) => {
    const entered = event.stateEnteredEventDetails?.name;
    const before = history[event.previousEventId - 1] as (HistoryEvent & StateDetails) | undefined;
    const left = before?.stateExitedEventDetails?.name;
    const isCaught = before !== undefined && FAILED.test(history[before.previousEventId - 1]?.type ?? '');
    return entered !== undefined && left !== undefined
      ? [`${left} → ${entered}${isCaught ? CAUGHT : ''}`]
      : [];
  });

/** The states that an execution, its children included, has entered. */
export const statesEntered = ({ stepFunctions }: LocalSystem, executionArn: string): string[] =>
  historiesOf(stepFunctions, executionArn)
    .flat()
    .flatMap((event) => (event as HistoryEvent & StateDetails).stateEnteredEventDetails?.name ?? []);

const historiesOf = (
  stepFunctions: LocalSystem['stepFunctions'],
  executionArn: string,
): (readonly HistoryEvent[])[] => [
  stepFunctions.getExecutionHistory(executionArn),
  ...stepFunctions
    .listMapRuns(executionArn)
    .flatMap(({ mapRunArn }) => stepFunctions.listExecutions(mapRunArn))
    .flatMap((child) => historiesOf(stepFunctions, child.executionArn)),
];

/** The ways that the executions of a machine have taken from one state to the next, told by their histories. */
export const takenTransitions = ({ stepFunctions }: LocalSystem, machineArn: string): string[] =>
  stepFunctions
    .listExecutions(machineArn)
    .flatMap(({ executionArn }) => historiesOf(stepFunctions, executionArn))
    .flatMap(transitionsIn);
