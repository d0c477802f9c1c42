import { stateMachineArn } from '../arns.ts';
import type { AslMachine } from '../definition/asl.ts';
import { checkDefinition, type MachineType } from '../definition/check-definition.ts';
import { compileMachine } from '../definition/compile.ts';
import { stateMachineDoesNotExist } from '../service-error.ts';
import type { RegisteredMachine } from './execution.ts';

export interface MachineRegistration {
  readonly name: string;
  /** Parsed ASL, its CloudFormation references resolved. */
  readonly definition: unknown;
  readonly type: MachineType;
}

/** The state machines by ARN. */
export class MachineRegistry {
  readonly #machines = new Map<string, RegisteredMachine>();
  readonly #region: string;

  constructor(region: string) {
    this.#region = region;
  }

  /** Adds a machine, or replaces its definition for the executions to come. Throws DefinitionRefusedError. */
  register({ name, definition, type }: MachineRegistration, creationDate: Date): RegisteredMachine {
    const asl = definition as AslMachine;
    checkDefinition(name, asl, type);
    const arn = stateMachineArn(this.#region, name);
    const machine = { arn, name, type, definition: asl, compiled: compileMachine(asl), creationDate };
    this.#machines.set(arn, machine);
    return machine;
  }

  /** Throws StateMachineDoesNotExist. */
  get(arn: string): RegisteredMachine {
    const machine = this.#machines.get(arn);
    if (!machine) throw stateMachineDoesNotExist(arn);
    return machine;
  }

  all(): RegisteredMachine[] {
    return [...this.#machines.values()];
  }
}
