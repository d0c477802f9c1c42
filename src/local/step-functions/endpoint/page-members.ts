import type { PageRequest } from '../executions/page.ts';
import { type Members, optional } from './json-body.ts';

export const pageMembers = (members: Members): PageRequest => ({
  maxResults: optional(members, 'maxResults', 'number'),
  nextToken: optional(members, 'nextToken', 'string'),
});
