import type { HistoryEvent } from '../executions/history-event.ts';
import { pageOf } from '../executions/page.ts';
import type { StepFunctions } from '../step-functions.ts';
import { arnMember } from './arn-member.ts';
import { type Members, optional } from './json-body.ts';
import { pageMembers } from './page-members.ts';

export function getExecutionHistory(stepFunctions: StepFunctions, members: Members) {
  const history = stepFunctions.getExecutionHistory(arnMember(members, 'executionArn', 'execution'));
  const ordered = optional(members, 'reverseOrder', 'boolean') ? history.toReversed() : history;
  const { items, nextToken } = pageOf(ordered, ({ id }) => String(id), pageMembers(members));
  const hasData = optional(members, 'includeExecutionData', 'boolean') ?? true;
  return { events: hasData ? items : items.map(withoutData), nextToken };
}

const DATA = new Set(['input', 'inputDetails', 'output', 'outputDetails']);

function withoutData(event: HistoryEvent): Record<string, unknown> {
  const strip = ([name, value]: [string, unknown]) =>
    name.endsWith('EventDetails') ? [name, withoutFields(value as object)] : [name, value];
  return Object.fromEntries(Object.entries(event).map(strip));
}

const withoutFields = (details: object) =>
  Object.fromEntries(Object.entries(details).filter(([name]) => !DATA.has(name)));
