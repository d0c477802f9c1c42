import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import validate from 'asl-validator';
import * as errors from '../src/application/errors.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a rule is told about a state: where it stands, and what it says. */
interface Place {
  /** Names of the states around it and its own, outermost first: `AdvanceTenants/EnumeratePlans`. */
  readonly path: string;
  readonly name: string;
  readonly state: Json;
}

/** Gives back what is wrong with a state; nothing when the rule does not apply. */
type Rule = (place: Place) => readonly (string | false)[];

/** Errors that Step Functions and Lambda raise themselves. */
const PLATFORM_ERROR = /^(States|Lambda|Sandbox)\./;
/** Retrying these would also retry what is not worth another try. */
const CATCH_ALLS: readonly string[] = ['States.ALL', 'States.TaskFailed'];

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

const names = (rule: Json): readonly string[] =>
  Array.isArray(rule.ErrorEquals) ? rule.ErrorEquals.map(String) : [];

const hasComment = ({ Comment }: Json): boolean => typeof Comment === 'string' && Comment.trim() !== '';

const taskIsGuarded: Rule = ({ state }) =>
  state.Type === 'Task'
    ? [
        typeof state.TimeoutSeconds !== 'number' && 'a Task has TimeoutSeconds',
        list(state.Retry).length === 0 && 'a Task has a Retry',
        list(state.Catch).length === 0 && 'a Task has a Catch',
      ]
    : [];

const retryNamesErrors: Rule = ({ state }) =>
  list(state.Retry)
    .flatMap(names)
    .map((name) => CATCH_ALLS.includes(name) && `Retry names errors, not ${name}`);

const decisionSaysWhy: Rule = ({ state }) => [
  (state.Type === 'Choice' || state.Type === 'Wait') &&
    !hasComment(state) &&
    `a ${state.Type} says why in a Comment`,
];

const catchSaysWhy: Rule = ({ state }) =>
  list(state.Catch).map(
    (catcher) =>
      !hasComment(catcher) && !hasComment(state) && `the Catch of ${names(catcher)} says why in a Comment`,
  );

const catchAllIsLast: Rule = ({ state }) =>
  list(state.Catch).map(
    (catcher, index, catchers) =>
      names(catcher).includes('States.ALL') &&
      index < catchers.length - 1 &&
      'States.ALL comes last in Catch: what follows is never reached',
  );

const customNames = (rules: unknown): string[] =>
  list(rules)
    .flatMap(names)
    .filter((name) => !PLATFORM_ERROR.test(name));

const retriedErrorsAreRetryable: Rule = ({ state }) =>
  customNames(state.Retry).map(
    (name) =>
      !errors.RETRYABLE_ERROR_NAMES.includes(name) &&
      `Retry names ${name}, which is not among RETRYABLE_ERROR_NAMES of src/application/errors.ts`,
  );

const caughtErrorsExist: Rule = ({ state }) =>
  customNames(state.Catch).map(
    (name) => !(name in errors) && `Catch names ${name}, which is no class of src/application/errors.ts`,
  );

const mapIsBounded: Rule = ({ state }) => [
  state.Type === 'Map' &&
    !('MaxConcurrency' in state || 'MaxConcurrencyPath' in state) &&
    'a Map has MaxConcurrency or MaxConcurrencyPath',
];

/** `{ "Fn::GetAtt": ["OpenCycleLambdaFunction", "Arn"] }` refers to the function OpenCycle. */
const functionOf = ({ Parameters }: Json): string | undefined => {
  const reference =
    isObject(Parameters) && isObject(Parameters.FunctionName) && Parameters.FunctionName['Fn::GetAtt'];
  return Array.isArray(reference) ? String(reference[0]).replace(/LambdaFunction$/, '') : undefined;
};

const kebab = (name: string): string =>
  name.replace(/[A-Z]/g, (letter, at: number) => `${at > 0 ? '-' : ''}${letter.toLowerCase()}`);

const taskHasItsFunction: Rule = ({ name, state }) => {
  const of = functionOf(state);
  if (of === undefined) return [];
  const path = `functions/tasks/${kebab(of)}.ts`;
  return [
    of !== name && `calls the function ${of}, not the one of its own name`,
    !existsSync(join(import.meta.dirname, '..', path)) && `there is no ${path}`,
  ];
};

const RULES: readonly Rule[] = [
  taskIsGuarded,
  retryNamesErrors,
  decisionSaysWhy,
  catchSaysWhy,
  catchAllIsLast,
  retriedErrorsAreRetryable,
  caughtErrorsExist,
  mapIsBounded,
  taskHasItsFunction,
];

/** The machines inside a Map or a Parallel state. */
const machinesWithin = ({ ItemProcessor, Iterator: iterator, Branches }: Json): readonly Json[] => [
  ...[ItemProcessor, iterator].filter(isObject),
  ...list(Branches),
];

const placesOf = (machine: Json, around = ''): Place[] =>
  Object.entries(isObject(machine.States) ? machine.States : {}).flatMap(([name, state]) => {
    if (!isObject(state)) return [];
    const path = `${around}${name}`;
    return [{ path, name, state }, ...machinesWithin(state).flatMap((inner) => placesOf(inner, `${path}/`))];
  });

const aslProblems = (machine: Json): string[] => {
  // The validator writes defaults into what it is given.
  const { isValid, errorsText } = validate(structuredClone(machine));
  return isValid ? [] : errorsText('\n').split('\n');
};

const machineProblems = (machine: Json): (string | false)[] => [
  !hasComment(machine) &&
    'the machine says in a Comment what starts it, what goes in and out, and what a repeat does',
  typeof machine.TimeoutSeconds !== 'number' && 'the machine has TimeoutSeconds',
];

/**
 * What is wrong with a state machine: by the rules of the language, and by those of this project. Each problem begins with the state it
 * is about; an empty list says that all is well.
 */
export const problemsOf = (machine: Json): string[] => [
  ...aslProblems(machine),
  ...machineProblems(machine).filter((problem) => problem !== false),
  ...placesOf(machine).flatMap((place) =>
    RULES.flatMap((rule) => rule(place))
      .filter((problem) => problem !== false)
      .map((problem) => `${place.path}: ${problem}`),
  ),
];

const problemsIn = (path: string): string[] => {
  try {
    return problemsOf(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (error instanceof SyntaxError) return [error.message];
    throw error;
  }
};

const report = (directory: string, file: string): boolean => {
  const problems = problemsIn(join(directory, file));
  for (const problem of problems) console.error(`${file}: ${problem}`);
  if (problems.length === 0) console.log(`${file}: ok`);
  return problems.length === 0;
};

/** Checks every state machine of a directory: `npm run machines`, or with another directory as argument. */
if (import.meta.main) {
  const directory = process.argv[2] ?? join(import.meta.dirname, '..', 'statemachines');
  const files = readdirSync(directory).filter((file) => file.endsWith('.json'));
  process.exitCode = files.map((file) => report(directory, file)).every(Boolean) ? 0 : 1;
}
