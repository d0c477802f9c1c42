import { ServiceError } from '../service-error.ts';
import type { StepFunctions } from '../step-functions.ts';
import { type Members, optional, required } from './json-body.ts';

export function sendTaskSuccess(stepFunctions: StepFunctions, members: Members) {
  stepFunctions.sendTaskSuccess(required(members, 'taskToken'), outputOf(members));
  return {};
}

function outputOf(members: Members): unknown {
  try {
    return JSON.parse(required(members, 'output'));
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw new ServiceError('InvalidOutput', `Invalid Output: '${(error as Error).message}'`);
  }
}

export function sendTaskFailure(stepFunctions: StepFunctions, members: Members) {
  const token = required(members, 'taskToken');
  const error = optional(members, 'error', 'string');
  stepFunctions.sendTaskFailure(token, error, optional(members, 'cause', 'string'));
  return {};
}

export function sendTaskHeartbeat(stepFunctions: StepFunctions, members: Members) {
  stepFunctions.sendTaskHeartbeat(required(members, 'taskToken'));
  return {};
}
