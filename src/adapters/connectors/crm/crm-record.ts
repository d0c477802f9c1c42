import type { ToolCall } from '../../../application/ports/connectors.ts';
import { secondsAfter } from '../../../domain/identifiers.ts';

/** Types of objects that the connector makes, and so may delete. */
export const OBJECT_TYPES = ['Event', 'Case', 'Task'] as const;

/** An object as Salesforce is to have it. */
export interface CrmRecord {
  readonly object_type: (typeof OBJECT_TYPES)[number];
  /** Its external id. */
  readonly key: string;
  /** By Salesforce's names; undefined ones are left as they are. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const DAY_SECONDS = 86_400;

/** Length of an event whose length nobody has named, in minutes. */
const EVENT_MINUTES = 30;

type Maker = (args: ToolCall['arguments'], now: string) => Omit<CrmRecord, 'key'>;

const MAKERS: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  [
    'crm.create_event',
    ({ subject, description, start_at, duration_minutes }, now) => ({
      object_type: 'Event',
      fields: {
        ...{ Subject: subject, Description: description },
        StartDateTime: start_at ?? secondsAfter(now, DAY_SECONDS),
        DurationInMinutes: duration_minutes ?? EVENT_MINUTES,
      },
    }),
  ],
  [
    'crm.create_case',
    ({ subject, description, priority }) => ({
      object_type: 'Case',
      fields: { Subject: subject, Description: description, Priority: priority },
    }),
  ],
  [
    'crm.create_task',
    ({ title, description, priority }) => ({
      object_type: 'Task',
      fields: { Subject: title, Description: description, Priority: priority },
    }),
  ],
]);

/** The object that a call asks for; undefined when there is no such tool. */
export const recordOf = (
  { tool_name, idempotency_key, arguments: args }: ToolCall,
  now: string,
): CrmRecord | undefined => {
  const make = MAKERS.get(tool_name);
  return make && { key: idempotency_key, ...make(args, now) };
};

/** The task that follows up what a call has made, if it asks for one. */
export const followUpOf = (
  { tool_name, idempotency_key, arguments: { follow_up_subject } }: ToolCall,
  madeId: string,
): CrmRecord | undefined =>
  tool_name === 'crm.create_case' && follow_up_subject !== undefined
    ? {
        ...{ object_type: 'Task', key: `${idempotency_key}-follow-up` },
        fields: { Subject: follow_up_subject, WhatId: madeId },
      }
    : undefined;
