import type { ExecutionRecord } from '../executions/execution.ts';
import { pageOf } from '../executions/page.ts';
import { constraintViolated } from '../executions/validate-start.ts';
import { typeNotSupported } from '../service-error.ts';
import type { StepFunctions } from '../step-functions.ts';
import { arnMember } from './arn-member.ts';
import { type Members, optional } from './json-body.ts';
import { pageMembers } from './page-members.ts';

export async function startExecution(stepFunctions: StepFunctions, members: Members) {
  return stepFunctions.startExecution({
    stateMachineArn: arnMember(members, 'stateMachineArn', 'stateMachine'),
    name: optional(members, 'name', 'string'),
    input: optional(members, 'input', 'string'),
  });
}

/** For EXPRESS machines: answers when the execution has ended. */
export async function startSyncExecution(stepFunctions: StepFunctions, members: Members) {
  const arn = arnMember(members, 'stateMachineArn', 'stateMachine');
  if (stepFunctions.describeStateMachine(arn).type !== 'EXPRESS') throw typeNotSupported();
  const { executionArn } = await startExecution(stepFunctions, members);
  const record = await stepFunctions.settled(executionArn);
  return {
    ...described(record),
    billingDetails: { billedMemoryUsedInMB: 64, billedDurationInMilliseconds: billedMilliseconds(record) },
  };
}

/** AWS bills every 100 ms begun. */
function billedMilliseconds({ startDate, stopDate = startDate }: ExecutionRecord): number {
  return Math.max(1, Math.ceil((stopDate.getTime() - startDate.getTime()) / 100)) * 100;
}

export function describeExecution(stepFunctions: StepFunctions, members: Members) {
  const record = stepFunctions.describeExecution(arnMember(members, 'executionArn', 'execution'));
  return { ...described(record), ...redrive };
}

/** There is no redrive locally. */
const redrive = {
  redriveCount: 0,
  redriveStatus: 'NOT_REDRIVABLE',
  redriveStatusReason: 'Executions are not redriven locally',
};

function described({ type: _, stateTransitions: __, ...record }: ExecutionRecord) {
  return {
    ...record,
    inputDetails: { included: true },
    ...(record.output !== undefined && { outputDetails: { included: true } }),
  };
}

export function stopExecution(stepFunctions: StepFunctions, members: Members) {
  const executionArn = arnMember(members, 'executionArn', 'execution');
  const error = optional(members, 'error', 'string');
  return stepFunctions.stopExecution(executionArn, error, optional(members, 'cause', 'string'));
}

const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'];

export function listExecutions(stepFunctions: StepFunctions, members: Members) {
  const filter = optional(members, 'statusFilter', 'string');
  if (filter !== undefined && !STATUSES.includes(filter)) {
    const constraint = `Member must satisfy enum value set: [${STATUSES.join(', ')}]`;
    throw constraintViolated(`Value '${filter}' at 'statusFilter'`, constraint);
  }
  const listed = stepFunctions
    .listExecutions(ownerArn(stepFunctions, members))
    .filter(({ status }) => filter === undefined || status === filter);
  const { items, nextToken } = pageOf(listed, ({ executionArn }) => executionArn, pageMembers(members));
  return { executions: items.map(listItem), nextToken };
}

function ownerArn(stepFunctions: StepFunctions, members: Members): string {
  if (optional(members, 'mapRunArn', 'string') !== undefined) {
    return stepFunctions.describeMapRun(arnMember(members, 'mapRunArn', 'mapRun')).mapRunArn;
  }
  const machine = stepFunctions.describeStateMachine(arnMember(members, 'stateMachineArn', 'stateMachine'));
  if (machine.type === 'EXPRESS') throw typeNotSupported();
  return machine.arn;
}

function listItem(record: ExecutionRecord) {
  const { executionArn, stateMachineArn, name, status, startDate, stopDate, mapRunArn } = record;
  return { executionArn, stateMachineArn, name, status, startDate, stopDate, mapRunArn, redriveCount: 0 };
}
