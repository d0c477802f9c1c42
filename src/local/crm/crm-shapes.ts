import { type CrmAnswer, complaint } from './crm-answer.ts';

export type Values = Readonly<Record<string, unknown>>;

/** An object of the CRM: its fields by name, and what it is. */
export type CrmRow = Values & { readonly type: string; readonly Id: string };

interface Shape {
  /** Salesforce's key prefix: the first three characters of every id of the type. */
  readonly prefix: string;
  readonly columns: readonly string[];
  /** Of each group one field has to be there. */
  readonly required: readonly (readonly [string, ...string[]])[];
}

const SHAPES: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  [
    'Event',
    {
      prefix: '00U',
      columns: ['Subject', 'Description', 'StartDateTime', 'EndDateTime', 'DurationInMinutes', 'WhatId'],
      required: [['Subject'], ['StartDateTime'], ['DurationInMinutes', 'EndDateTime']],
    },
  ],
  [
    'Case',
    {
      prefix: '500',
      columns: ['Subject', 'Description', 'Priority', 'Status', 'Origin'],
      required: [['Subject']],
    },
  ],
  [
    'Task',
    {
      prefix: '00T',
      columns: ['Subject', 'Description', 'Priority', 'Status', 'ActivityDate', 'WhatId'],
      required: [['Subject']],
    },
  ],
]);

export const prefixOf = (type: string): string | undefined => SHAPES.get(type)?.prefix;

const isThere = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** Why values may not be written to an object of a type; undefined when they may. `merged` is the object as it would be. */
export const refusalOf = (
  type: string,
  values: Values,
  merged: Values,
  externalIdField: string,
): CrmAnswer | undefined => {
  const { columns = [], required = [] } = SHAPES.get(type) ?? {};
  const unknown = Object.keys(values).find((name) => name !== externalIdField && !columns.includes(name));
  if (unknown !== undefined)
    return complaint(400, 'INVALID_FIELD', `No such column '${unknown}' on sobject of type ${type}`);
  const missing = required
    .filter((group) => !group.some((name) => isThere(merged[name])))
    .map(([name]) => name);
  return missing.length > 0
    ? complaint(
        400,
        'REQUIRED_FIELD_MISSING',
        `Required fields are missing: [${missing.join(', ')}]`,
        missing,
      )
    : undefined;
};
