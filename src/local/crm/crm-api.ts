import type { Clock } from '../../application/clock.ts';
import { type CrmAnswer, complaint, notFound } from './crm-answer.ts';
import type { CrmRequest } from './crm-faults.ts';
import type { CrmObjects } from './crm-objects.ts';
import { prefixOf, type Values } from './crm-shapes.ts';

export interface CrmApiOptions {
  readonly clock: Clock;
  readonly objects: CrmObjects;
  /** Requests of a UTC day that are answered. */
  readonly dailyRequestLimit: number;
}

const RESOURCE = /^\/services\/data\/(v\d{2}\.0)\/sobjects\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/;

const wrongMethod = (method: string): CrmAnswer =>
  complaint(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${method}' not allowed`);

/** The body as an object of fields; undefined when it is none. */
const parsed = (body: string): Values | undefined => {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Values)
      : undefined;
  } catch {
    return undefined;
  }
};

const withValues = (body: string, write: (values: Values) => CrmAnswer): CrmAnswer => {
  const values = parsed(body);
  return values ? write(values) : complaint(400, 'JSON_PARSER_ERROR', 'The body is no JSON object');
};

const decoded = (path: string): (string | undefined)[] => {
  try {
    return (RESOURCE.exec(path) ?? []).map((segment) => segment && decodeURIComponent(segment));
  } catch {
    return [];
  }
};

/** The resources under `/services/data/vXX.X/sobjects` that the connector needs, and creation to set up tests. */
export const createCrmApi = ({ clock, objects, dailyRequestLimit }: CrmApiOptions) => {
  const spent = { day: '', requests: 0 };

  const isOverLimit = (): boolean => {
    const [day = ''] = clock.now().toISOString().split('T');
    if (spent.day !== day) Object.assign(spent, { day, requests: 0 });
    spent.requests += 1;
    return spent.requests > dailyRequestLimit;
  };

  const route = ({ method, path }: CrmRequest, body: string): CrmAnswer => {
    const [, version, type, idOrField, key] = decoded(path);
    if (version === undefined || type === undefined || prefixOf(type) === undefined) return notFound();
    if (idOrField === undefined)
      return method === 'POST'
        ? withValues(body, (values) => objects.create(type, values))
        : wrongMethod(method);
    if (key !== undefined)
      return method === 'PATCH'
        ? withValues(body, (values) => objects.upsert(version, type, idOrField, key, values))
        : wrongMethod(method);
    if (method === 'GET') return objects.get(version, type, idOrField);
    return method === 'DELETE' ? objects.remove(type, idOrField) : wrongMethod(method);
  };

  return (request: CrmRequest, body: string): CrmAnswer =>
    isOverLimit()
      ? complaint(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.')
      : route(request, body);
};
