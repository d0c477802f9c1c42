import { readFileSync } from 'node:fs';

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts: number;
}
interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
}
interface State {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly ItemProcessor?: Machine;
}
interface Machine {
  readonly States: Readonly<Record<string, State>>;
}

const statesOf = (machine: Machine): [string, State][] =>
  Object.entries(machine.States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.ItemProcessor ? statesOf(state.ItemProcessor) : []),
  ]);

const read = (name: string): [string, State][] =>
  statesOf(JSON.parse(readFileSync(`statemachines/${name}.asl.json`, 'utf8')));

/** Retry and Catch of every Task, as the files of the machines have them. */
const STATES = new Map([...read('plan-cycle'), ...read('execute-action')]);

const matches = ({ ErrorEquals }: { readonly ErrorEquals: readonly string[] }, name: string): boolean =>
  ErrorEquals.includes(name) || ErrorEquals.includes('States.ALL');

export interface Caught {
  readonly Error: string;
  readonly Cause: string;
}

export type TaskEnd = { readonly result: unknown } | { readonly caught: Caught; readonly next: string };

/** Runs a Task state as its machine would: tries again without a wait as its Retry blocks say, and catches as its Catch does. */
export const runTask = async (stateName: string, invoke: () => Promise<unknown>): Promise<TaskEnd> => {
  const { Retry = [], Catch = [] } = STATES.get(stateName) ?? {};
  const used = Retry.map(() => 0);
  for (;;) {
    try {
      return { result: JSON.parse(JSON.stringify(await invoke())) };
    } catch (error) {
      const { name, message } = error as Error;
      const index = Retry.findIndex((retrier) => matches(retrier, name));
      const left = (Retry[index]?.MaxAttempts ?? 0) - (used[index] ?? 0);
      used[index] = (used[index] ?? 0) + 1;
      if (index >= 0 && left > 0) continue;
      const catcher = Catch.find((candidate) => matches(candidate, name));
      if (!catcher) throw error;
      return { caught: { Error: name, Cause: message }, next: catcher.Next };
    }
  }
};
