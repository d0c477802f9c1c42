/**
 * A definition that the local engine would run otherwise than AWS, or that AWS would refuse. `field` is the path of the
 * offending field in the definition.
 */
export class DefinitionRefusedError extends Error {
  readonly machine: string;
  readonly field: string;

  constructor(machine: string, field: string, reason: string) {
    super(`State machine ${machine} cannot be loaded: ${field}: ${reason}`);
    this.name = 'DefinitionRefusedError';
    this.machine = machine;
    this.field = field;
  }
}

/** Reports a field of a definition, by its path, and why it is refused. */
export type Refuse = (field: string, reason: string) => never;
