import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import * as z from 'zod';
import { parseCloudFormation } from '../../src/local/dynamodb/cloudformation-yaml.ts';
import { resolveVariables } from '../../src/local/service/variables.ts';
import { SERVICE_FILE } from '../cli/stage-service.ts';

/** Where a stage's stack is. */
export interface StackPlace {
  readonly stackName: string;
  readonly region: string;
}

const params = z.record(z.string(), z.unknown());

const serviceFile = z.object({
  service: z.string(),
  params: z.object({ default: params }).catchall(params),
  provider: z.object({ region: z.string() }),
});

/** The stack that the framework makes of a stage, from the service file. */
export const stackPlace = (stage: string): StackPlace => {
  const raw = parseCloudFormation(readFileSync(SERVICE_FILE, 'utf8'));
  const { service, params, provider } = serviceFile.parse(raw);
  const ofStage = { ...params.default, ...params[stage] };
  const sources = { directory: dirname(SERVICE_FILE), stage, params: ofStage, self: {} };
  return {
    stackName: `${service}-${stage}`,
    region: z.string().parse(resolveVariables(provider.region, sources)),
  };
};

/** A stack as it is now. */
export interface DeployedStack {
  /** As CloudFormation says, such as UPDATE_COMPLETE. */
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** CloudFormation has no error of its own for a stack that is not there. */
const isNotThere = ({ name, message }: Error): boolean =>
  name === 'ValidationError' && message.includes('does not exist');

/** Reads a stack's outputs; undefined when there is no such stack. */
export const readStack = async (
  client: CloudFormationClient,
  stackName: string,
): Promise<DeployedStack | undefined> => {
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    if (!stack) return undefined;
    const outputs = (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
      OutputKey,
      OutputValue,
    ]);
    return { status: String(stack.StackStatus), outputs: Object.fromEntries(outputs) };
  } catch (error) {
    if (isNotThere(error as Error)) return undefined;
    throw error;
  }
};
