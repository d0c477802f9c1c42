import { type CrmAnswer, complaint, notFound } from './crm-answer.ts';
import { type CrmRow, prefixOf, refusalOf, type Values } from './crm-shapes.ts';

/** Length of an id without its prefix. */
const ID_DIGITS = 15;

const written = (status: 200 | 201, id: string): CrmAnswer => ({
  status,
  body: { id, success: true, errors: [], created: status === 201 },
});

const pathOf = (version: string, { type, Id }: CrmRow): string =>
  `/services/data/${version}/sobjects/${type}/${Id}`;

/** The objects of the CRM, in memory; every method answers as Salesforce's resource of that kind does. */
export const createCrmObjects = (externalIdField: string) => {
  const rows = new Map<string, CrmRow>();
  const deleted = new Set<string>();
  let made = 0;

  const newId = (type: string): string => {
    made += 1;
    return `${prefixOf(type)}${String(made).padStart(ID_DIGITS, '0')}`;
  };

  const write = (type: string, values: Values, before: CrmRow | undefined, key: Values = {}): CrmAnswer => {
    const { WhatId } = values;
    if (WhatId !== undefined && !rows.has(String(WhatId)))
      return complaint(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', ['WhatId']);
    const merged = { ...before, ...values, ...key };
    const refusal = refusalOf(type, values, merged, externalIdField);
    if (refusal) return refusal;
    const Id = before?.Id ?? newId(type);
    rows.set(Id, { ...merged, type, Id });
    return written(before ? 200 : 201, Id);
  };

  const missing = (id: string): CrmAnswer =>
    deleted.has(id) ? complaint(404, 'ENTITY_IS_DELETED', 'entity is deleted') : notFound();

  const find = (type: string, id: string): CrmRow | undefined => {
    const row = rows.get(id);
    return row?.type === type ? row : undefined;
  };

  return {
    /** All objects that are not deleted, oldest first. */
    all: (): readonly CrmRow[] => [...rows.values()],

    create: (type: string, values: Values): CrmAnswer => write(type, values, undefined),

    /** `version` is that of the API, for the addresses of the objects that share an external id. */
    upsert(version: string, type: string, field: string, key: string, values: Values): CrmAnswer {
      if (field !== externalIdField)
        return notFound(`Provided external ID field does not exist or is not accessible: ${field}`);
      if ('Id' in values || field in values)
        return complaint(400, 'INVALID_FIELD', 'The body may name neither the id nor the external id');
      const matches = [...rows.values()].filter((row) => row.type === type && row[field] === key);
      if (matches.length > 1) return { status: 300, body: matches.map((row) => pathOf(version, row)) };
      return write(type, values, matches[0], { [field]: key });
    },

    get(version: string, type: string, id: string): CrmAnswer {
      const row = find(type, id);
      if (!row) return missing(id);
      const { type: _type, ...fields } = row;
      return { status: 200, body: { attributes: { type, url: pathOf(version, row) }, ...fields } };
    },

    remove(type: string, id: string): CrmAnswer {
      if (!find(type, id)) return missing(id);
      rows.delete(id);
      deleted.add(id);
      return { status: 204 };
    },
  };
};

export type CrmObjects = ReturnType<typeof createCrmObjects>;
