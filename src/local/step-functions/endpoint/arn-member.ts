import { parseStatesArn } from '../arns.ts';
import { invalidArn } from '../service-error.ts';
import { type Members, required } from './json-body.ts';

/** The ARN in a member, which must be of this type of resource. Throws InvalidArn, as AWS does for EXPRESS executions too. */
export function arnMember(
  members: Members,
  name: string,
  resourceType: 'stateMachine' | 'execution' | 'mapRun',
): string {
  const arn = required(members, name);
  const parsed = parseStatesArn(arn);
  if (!parsed) throw invalidArn(`Invalid ARN prefix: ${arn}`);
  if (parsed.resourceType === resourceType) return arn;
  throw invalidArn(`Resource type not valid in this context: ${parsed.resourceType}`);
}
