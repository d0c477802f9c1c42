/** The account that every local resource belongs to. */
export const LOCAL_ACCOUNT = '000000000000';

export interface ParsedArn {
  /** `stateMachine`, `execution`, `express`, `mapRun` … */
  readonly resourceType: string;
  /** What follows the resource type. */
  readonly resource: string;
}

const prefix = (region: string) => `arn:aws:states:${region}:${LOCAL_ACCOUNT}`;

export const stateMachineArn = (region: string, machine: string): string =>
  `${prefix(region)}:stateMachine:${machine}`;

export const executionArn = (region: string, machine: string, execution: string): string =>
  `${prefix(region)}:execution:${machine}:${execution}`;

/** Executions of an EXPRESS machine carry one more id: their names need not be unique. */
export const expressExecutionArn = (
  region: string,
  machine: string,
  execution: string,
  runId: string,
): string => `${prefix(region)}:express:${machine}:${execution}:${runId}`;

/** `machine` is `<name>/<label>`, as for the executions of a map run. */
export const mapRunArn = (region: string, machine: string, runId: string): string =>
  `${prefix(region)}:mapRun:${machine}:${runId}`;

export const roleArn = (machine: string): string => `arn:aws:iam::${LOCAL_ACCOUNT}:role/${machine}`;

/** The parts of a Step Functions ARN, or undefined for anything else. */
export function parseStatesArn(arn: string): ParsedArn | undefined {
  const match = /^arn:[^:]+:states:[^:]*:\d{12}:([^:]+):(.+)$/.exec(arn);
  return match?.[1] && match[2] ? { resourceType: match[1], resource: match[2] } : undefined;
}

/** The function's name in a Lambda ARN, with or without qualifier; anything else is taken for the name itself. */
export function lambdaName(reference: string): string {
  const afterType = reference.split(':function:')[1] ?? reference;
  return afterType.split(':')[0] ?? afterType;
}
