import validate from 'asl-validator';
import { type AslMachine, type AslState, isFields, itemProcessorOf, processorConfigOf } from './asl.ts';
import { checkState } from './check-state.ts';
import { foundValid } from './found-valid.ts';
import { DefinitionRefusedError, type Refuse } from './refusal.ts';

export type MachineType = 'STANDARD' | 'EXPRESS';

/**
 * Throws DefinitionRefusedError, naming the field, when the definition is no valid ASL or asks for something that the
 * local engine would do otherwise than AWS.
 */
export function checkDefinition(machine: string, definition: AslMachine, type: MachineType): void {
  const refuse: Refuse = (field, reason) => {
    throw new DefinitionRefusedError(machine, field, reason);
  };
  if (!isFields(definition) || !isFields(definition.States)) refuse('States', 'there are none');
  checkMachine(definition, '', type, refuse);
  checkSchema(JSON.stringify(definition), refuse);
}

/** The validator takes 0.4 s for the first definition of a process, a third of what starting the local system takes. */
const valid = foundValid();

function checkSchema(text: string, refuse: Refuse): void {
  if (valid.has(text)) return;
  // The validator writes into what it is given.
  const { isValid, errorsText } = validate(JSON.parse(text));
  if (!isValid) refuse('definition', errorsText('; '));
  valid.add(text);
}

function checkMachine(definition: AslMachine, prefix: string, type: MachineType, refuse: Refuse): void {
  if (definition.QueryLanguage === 'JSONata') refuse(`${prefix}QueryLanguage`, 'only JSONPath runs locally');
  for (const [name, state] of Object.entries(definition.States ?? {})) {
    const at = `${prefix}States.${name}`;
    if (name.length > 80) refuse(at, 'a state has a name of at most 80 characters');
    checkState(state, at, type, refuse);
    for (const [field, nested, nestedType] of nestedMachines(state, type)) {
      checkMachine(nested, `${at}.${field}.`, nestedType, refuse);
    }
  }
}

function nestedMachines(state: AslState, type: MachineType): [string, AslMachine, MachineType][] {
  if (state.Type === 'Parallel') {
    const branches = (state.Branches ?? []) as AslMachine[];
    return branches.map((branch, index) => [`Branches[${index}]`, branch, type]);
  }
  if (state.Type !== 'Map' || !itemProcessorOf(state)) return [];
  const childType = (processorConfigOf(state).ExecutionType ?? type) as MachineType;
  return [[state.ItemProcessor ? 'ItemProcessor' : 'Iterator', itemProcessorOf(state), childType]];
}
