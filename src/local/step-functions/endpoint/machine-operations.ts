import { roleArn } from '../arns.ts';
import type { RegisteredMachine } from '../executions/execution.ts';
import type { MapRun } from '../executions/map-run.ts';
import { pageOf } from '../executions/page.ts';
import type { StepFunctions } from '../step-functions.ts';
import { arnMember } from './arn-member.ts';
import { type Members, required } from './json-body.ts';
import { pageMembers } from './page-members.ts';

export function listStateMachines(stepFunctions: StepFunctions, members: Members) {
  const machines = stepFunctions.listStateMachines();
  const { items, nextToken } = pageOf(machines, ({ arn }) => arn, pageMembers(members));
  const stateMachines = items.map(({ arn, name, type, creationDate }) => ({
    stateMachineArn: arn,
    name,
    type,
    creationDate,
  }));
  return { stateMachines, nextToken };
}

export function describeStateMachine(stepFunctions: StepFunctions, members: Members) {
  const arn = arnMember(members, 'stateMachineArn', 'stateMachine');
  const machine = stepFunctions.describeStateMachine(arn);
  const { type, creationDate } = machine;
  return { ...described(machine), status: 'ACTIVE', type, creationDate };
}

export function describeStateMachineForExecution(stepFunctions: StepFunctions, members: Members) {
  const executionArn = arnMember(members, 'executionArn', 'execution');
  const machine = stepFunctions.machineOfExecution(executionArn);
  const { mapRunArn } = stepFunctions.describeExecution(executionArn);
  return { ...described(machine), updateDate: machine.creationDate, mapRunArn };
}

const described = ({ arn, name, definition }: RegisteredMachine) => ({
  stateMachineArn: arn,
  name,
  definition: JSON.stringify(definition, null, 2),
  roleArn: roleArn(name),
  loggingConfiguration: { level: 'OFF', includeExecutionData: false },
  tracingConfiguration: { enabled: false },
});

export function listMapRuns(stepFunctions: StepFunctions, members: Members) {
  const mapRuns = stepFunctions.listMapRuns(arnMember(members, 'executionArn', 'execution'));
  const { items, nextToken } = pageOf(mapRuns, ({ mapRunArn }) => mapRunArn, pageMembers(members));
  return { mapRuns: items.map(mapRunItem), nextToken };
}

const mapRunItem = ({ executionArn, mapRunArn, stateMachineArn, startDate, stopDate }: MapRun) => ({
  executionArn,
  mapRunArn,
  stateMachineArn,
  startDate,
  stopDate,
});

export function describeMapRun(stepFunctions: StepFunctions, members: Members) {
  const { stateMachineArn: _, ...mapRun } = stepFunctions.describeMapRun(
    arnMember(members, 'mapRunArn', 'mapRun'),
  );
  return { ...mapRun, redriveCount: 0 };
}

/** Nothing local has tags. */
export function listTagsForResource(_: StepFunctions, members: Members) {
  required(members, 'resourceArn');
  return { tags: [] };
}
