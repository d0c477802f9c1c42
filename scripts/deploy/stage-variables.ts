import { tableEnvironment } from '../../src/local/dynamodb/table-environment.ts';
import type { ServiceDefinition } from '../../src/local/service/service-definition.ts';

type Names = Readonly<Record<string, string>>;

/** Outputs besides the names of tables. */
const OUTPUTS: Names = { EventBusName: 'EVENT_BUS_NAME', AutonomyAdminApiUrl: 'AUTONOMY_ADMIN_API_URL' };
/** Outputs of parts that a stage may lack. */
const OPTIONAL_OUTPUTS: ReadonlySet<string> = new Set(['AutonomyAdminApiUrl']);

/** Functions that the checks invoke by name, by their logical ids. */
const FUNCTIONS: Names = {
  DecideApprovalLambdaFunction: 'AUTO_APPROVAL_GATE_FUNCTION_NAME',
  DecisionCostGateLambdaFunction: 'DECISION_COST_GATE_FUNCTION_NAME',
};

const REGION = 'AWS_REGION';

/** Which variable carries which output of a stage's stack, by the output's key: `LedgerTableName` is `LEDGER_TABLE_NAME`. */
export const outputVariables = ({ tables }: Pick<ServiceDefinition, 'tables'>): Names => {
  const ofTables = tables.map(({ logicalId }) => {
    const [variable = ''] = Object.keys(tableEnvironment({ [logicalId]: '' }));
    return [`${logicalId}Name`, variable] as const;
  });
  return { ...Object.fromEntries(ofTables), ...OUTPUTS };
};

const functionVariables = ({ functions }: Pick<ServiceDefinition, 'functions'>): Names =>
  Object.fromEntries(
    functions.flatMap(({ logicalId, name }) => {
      const variable = FUNCTIONS[logicalId];
      return variable === undefined ? [] : [[variable, name]];
    }),
  );

/** All variables that are the stack's to say, whether a stage has them or not. */
export const knownVariables = (service: Pick<ServiceDefinition, 'tables'>): ReadonlySet<string> =>
  new Set([REGION, ...Object.values(outputVariables(service)), ...Object.values(FUNCTIONS)]);

export interface StageVariables {
  readonly variables: Names;
  /** Keys of outputs that the stack should have and has not. */
  readonly missing: readonly string[];
}

/** What the outputs of a stage's stack, and its service file, say in variables. Names and addresses only; no secrets. */
export const stageVariables = (
  service: Pick<ServiceDefinition, 'tables' | 'functions'>,
  { region, outputs }: { readonly region: string; readonly outputs: Names },
): StageVariables => {
  const keys = Object.entries(outputVariables(service));
  const ofOutputs = keys.flatMap(([key, variable]) => {
    const value = outputs[key];
    return value === undefined ? [] : [[variable, value]];
  });
  const absent = keys.map(([key]) => key).filter((key) => outputs[key] === undefined);
  return {
    variables: { [REGION]: region, ...functionVariables(service), ...Object.fromEntries(ofOutputs) },
    missing: absent.filter((key) => !OPTIONAL_OUTPUTS.has(key)),
  };
};
