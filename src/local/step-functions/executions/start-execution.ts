import { executionArn, expressExecutionArn } from '../arns.ts';
import { runExecution } from '../engine/run-execution.ts';
import type { Host } from '../engine/runtime.ts';
import { executionAlreadyExists } from '../service-error.ts';
import { Execution, type ExecutionIdentity, type RegisteredMachine } from './execution.ts';
import type { ExecutionStore } from './execution-store.ts';
import type { Journal, StartedExecution } from './journal.ts';
import type { MachineRegistry } from './machine-registry.ts';
import { validateInput, validateName } from './validate-start.ts';

export interface ExecutionStart {
  readonly stateMachineArn: string;
  readonly name?: string | undefined;
  /** JSON text. */
  readonly input?: string | undefined;
}

interface Dependencies {
  readonly host: Host;
  readonly store: ExecutionStore;
  readonly machines: MachineRegistry;
  readonly journal: Journal | undefined;
}

/** Starts executions and resumes those of an earlier process. */
export class ExecutionStarter {
  readonly #deps: Dependencies;

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  /**
   * Starting a STANDARD execution again with the name and the input of one that runs answers with that one, as AWS does;
   * otherwise a name that was used is refused with ExecutionAlreadyExists.
   */
  async start({ stateMachineArn, name, input = '{}' }: ExecutionStart) {
    const { host, machines, store } = this.#deps;
    const machine = machines.get(stateMachineArn);
    if (name !== undefined) validateName(name);
    validateInput(input);
    const identity = this.#identify(machine, name ?? host.newId(), input);
    const namesake = store.get(identity.executionArn);
    if (namesake) return sameStart(namesake, input);
    const execution = new Execution(machine, identity);
    store.add(execution);
    await this.#begin(execution);
    return { executionArn: identity.executionArn, startDate: identity.startDate };
  }

  resume({ stateMachineArn, ...identity }: StartedExecution): void {
    const { machines, store, host } = this.#deps;
    const execution = new Execution(machines.get(stateMachineArn), identity);
    store.add(execution);
    host.activity.enter();
    void this.#run(execution);
  }

  #identify({ name: machine, type }: RegisteredMachine, name: string, input: string): ExecutionIdentity {
    const { region, newId, clock, units } = this.#deps.host;
    if (type === 'EXPRESS') units.expressExecutions += 1;
    const arn =
      type === 'EXPRESS'
        ? expressExecutionArn(region, machine, name, newId())
        : executionArn(region, machine, name);
    return { executionArn: arn, name, input, startDate: clock.now() };
  }

  async #begin(execution: Execution): Promise<void> {
    const { host, store, journal } = this.#deps;
    host.activity.enter();
    try {
      await journal?.started(startedOf(execution));
    } catch (error) {
      store.remove(execution);
      host.activity.leave();
      throw error;
    }
    void this.#run(execution);
  }

  /** Holds one place in `activity`, taken by the caller. */
  async #run(execution: Execution): Promise<void> {
    const { host, store, journal } = this.#deps;
    await runExecution(host, execution);
    if (host.isClosed()) return host.activity.leave();
    // One that stays in the journal is run again after a restart, which machines must bear anyway.
    await journal?.ended(execution.record.executionArn).catch(() => {});
    store.ended(execution);
    execution.settled.resolve(execution.record);
    host.activity.leave();
  }
}

function sameStart({ record, isRunning }: Execution, input: string) {
  if (!isRunning || record.input !== input) throw executionAlreadyExists(record.executionArn);
  return { executionArn: record.executionArn, startDate: record.startDate };
}

function startedOf({ record }: Execution): StartedExecution {
  const { executionArn: arn, stateMachineArn, name, input, startDate } = record;
  return { executionArn: arn, stateMachineArn, name, input, startDate };
}
