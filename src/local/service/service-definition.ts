import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import { parseCloudFormation } from '../dynamodb/cloudformation-yaml.ts';
import { loadTables, type TableDefinition } from '../dynamodb/load-tables.ts';
import { tableEnvironment } from '../dynamodb/table-environment.ts';
import {
  type ReferenceResolver,
  resolveIntrinsics,
} from '../step-functions/definition/resolve-intrinsics.ts';
import { type Fields, resolveVariables } from './variables.ts';

export interface FunctionDefinition {
  /** The name it is deployed under. */
  readonly name: string;
  readonly logicalId: string;
  /** Absolute path of its TypeScript file. */
  readonly modulePath: string;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
}

export interface MachineDefinition {
  readonly name: string;
  readonly logicalId: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  /** ASL with its references to functions resolved. */
  readonly definition: unknown;
}

/** Events whose fields have one of the named values go to the targets. */
export interface RuleDefinition {
  readonly pattern: Readonly<Record<string, readonly string[]>>;
  /** Logical ids of state machines and functions. */
  readonly targets: readonly string[];
}

/** What the service file says, with everything that only AWS could tell put in. */
export interface ServiceDefinition {
  readonly tables: readonly TableDefinition[];
  readonly functions: readonly FunctionDefinition[];
  readonly machines: readonly MachineDefinition[];
  readonly rules: readonly RuleDefinition[];
  /** The machine that the schedule starts, by logical id. */
  readonly scheduled: { readonly machine: string };
  readonly eventBusName: string;
  /** All variables of all functions. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface ServiceChoice {
  readonly path?: string;
  readonly stage: string;
  /** Stands before the stage's resources; default `cc-native-<stage>`. */
  readonly prefix?: string;
  /** Values of variables that a laptop sets otherwise than the file. */
  readonly environment?: Readonly<Record<string, string>>;
}

const eventPattern = z.record(z.string(), z.array(z.string()));

const serviceFile = z.object({
  provider: z.object({ timeout: z.number() }),
  functions: z.record(
    z.string(),
    z.object({
      name: z.string(),
      handler: z.string(),
      timeout: z.number().optional(),
      environment: z.record(z.string(), z.unknown()).default({}),
      events: z.array(z.object({ eventBridge: z.object({ pattern: eventPattern }) })).default([]),
    }),
  ),
  stepFunctions: z.object({
    stateMachines: z.record(
      z.string(),
      z.object({
        id: z.string(),
        name: z.string(),
        type: z.enum(['STANDARD', 'EXPRESS']).default('STANDARD'),
        events: z
          .array(
            z.object({
              schedule: z.unknown().optional(),
              eventBridge: z.object({ event: eventPattern }).optional(),
            }),
          )
          .default([]),
      }),
    ),
  }),
});
type ServiceFile = z.infer<typeof serviceFile>;

const REGION = 'us-east-1';

const logicalIdOf = (key: string): string => `${key.charAt(0).toUpperCase()}${key.slice(1)}LambdaFunction`;

const kebabCase = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Stands for what only AWS could tell. */
const KNOWN_ON_AWS_ONLY = 'known-on-aws-only';

/** `Ref` of a table is its name, of the bus its name. */
const reference = (value: unknown, refs: ReadonlyMap<string, string>): string => {
  if (typeof value !== 'object' || value === null) return String(value);
  return ('Ref' in value && refs.get(String(value.Ref))) || KNOWN_ON_AWS_ONLY;
};

const functionsOf = (
  file: ServiceFile,
  directory: string,
  refs: ReadonlyMap<string, string>,
  overrides: Readonly<Record<string, string>>,
): FunctionDefinition[] =>
  Object.entries(file.functions).map(([key, { name, handler, timeout, environment }]) => ({
    name,
    logicalId: logicalIdOf(key),
    modulePath: resolve(directory, handler.replace(/\.handler$/, '.ts')),
    timeoutSeconds: timeout ?? file.provider.timeout,
    environment: Object.fromEntries(
      Object.entries(environment).map(([variable, value]) => [
        variable,
        overrides[variable] ?? reference(value, refs),
      ]),
    ),
  }));

const machinesOf = (file: ServiceFile, directory: string, resolver: ReferenceResolver): MachineDefinition[] =>
  Object.entries(file.stepFunctions.stateMachines).map(([key, { id, name, type }]) => {
    const path = resolve(directory, 'statemachines', `${kebabCase(key)}.asl.json`);
    const definition = resolveIntrinsics(JSON.parse(readFileSync(path, 'utf8')), resolver);
    return { name, logicalId: id, type, definition };
  });

const rulesOf = (file: ServiceFile): RuleDefinition[] => [
  ...Object.values(file.stepFunctions.stateMachines).flatMap(({ id, events }) =>
    events.flatMap(({ eventBridge }) => (eventBridge ? [{ pattern: eventBridge.event, targets: [id] }] : [])),
  ),
  ...Object.entries(file.functions).flatMap(([key, { events }]) =>
    events.map(({ eventBridge: { pattern } }) => ({ pattern, targets: [logicalIdOf(key)] })),
  ),
];

const scheduledMachine = (file: ServiceFile): string => {
  const machines = Object.values(file.stepFunctions.stateMachines);
  const scheduled = machines.find(({ events }) => events.some(({ schedule }) => schedule !== undefined));
  if (!scheduled) throw new Error('the service file schedules no state machine');
  return scheduled.id;
};

const functionArn =
  (functions: readonly FunctionDefinition[]): ReferenceResolver =>
  (logicalId) => {
    const found = functions.find((candidate) => candidate.logicalId === logicalId);
    if (!found) throw new Error(`the service file has no function ${logicalId}`);
    return `arn:aws:lambda:${REGION}:000000000000:function:${found.name}`;
  };

const readService = (path: string, stage: string, prefix: string): ServiceFile => {
  const raw = parseCloudFormation(readFileSync(path, 'utf8')) as Fields;
  const { default: defaults, [stage]: ofStage } = raw.params as Record<string, Fields>;
  const self = { ...raw, custom: { ...(raw.custom as Fields), prefix } };
  const { resources: _resources, ...rest } = self as Fields;
  const sources = { directory: dirname(path), stage, params: { ...defaults, ...ofStage }, self };
  return serviceFile.parse(resolveVariables(rest, sources));
};

/**
 * Reads the service file for a stage, as far as it can run without AWS: functions with their environment, machines, rules, schedule and
 * tables.
 */
export const loadService = (choice: ServiceChoice): ServiceDefinition => {
  const {
    path = 'serverless.yml',
    stage,
    prefix = `cc-native-${stage}`,
    environment: overrides = {},
  } = choice;
  const directory = dirname(resolve(path));
  const file = readService(resolve(path), stage, prefix);
  const tables = loadTables(resolve(directory, 'resources/tables.yml'), { prefix, stage });
  const eventBusName = `${prefix}-events`;
  const refs = new Map([
    ...tables.map((table) => [table.logicalId, table.tableName] as const),
    ['EventBus', eventBusName],
  ]);
  const functions = functionsOf(file, directory, refs, overrides);
  const tableNames = Object.fromEntries(tables.map(({ logicalId, tableName }) => [logicalId, tableName]));
  return {
    ...{ tables, functions, eventBusName },
    machines: machinesOf(file, directory, functionArn(functions)),
    rules: rulesOf(file),
    scheduled: { machine: scheduledMachine(file) },
    environment: Object.assign(
      {},
      ...functions.map(({ environment }) => environment),
      tableEnvironment(tableNames),
    ),
  };
};
