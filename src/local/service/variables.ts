import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseCloudFormation } from '../dynamodb/cloudformation-yaml.ts';

export type Fields = Record<string, unknown>;

/** `${source:path, fallback}` or `${call(argument):path}`, with no further variable inside: the innermost one comes first. */
const VARIABLE = /\$\{(\w+)(?::([^${},]*)|\(([^${}()]*)\)(?::\w+)?)(?:,([^${}]*))?\}/;
const WHOLE_VARIABLE = new RegExp(`^${VARIABLE.source}$`);

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((of, key) => (isFields(of) ? of[key] : undefined), value);

/** What the variables of a service file may refer to. */
export interface VariableSources {
  readonly directory: string;
  readonly stage: string;
  readonly params: Fields;
  readonly self: Fields;
}

const included = (path: string, { directory }: VariableSources): unknown =>
  path.endsWith('.js') ? undefined : parseCloudFormation(readFileSync(resolve(directory, path), 'utf8'));

const lookUp = (source: string, path: string, sources: VariableSources): unknown => {
  if (source === 'sls' && path === 'stage') return sources.stage;
  if (source === 'param') return sources.params[path];
  if (source === 'self') return at(sources.self, path);
  if (source === 'file') return included(path, sources);
  if (source === 'strToBool') return path === 'true';
  return undefined;
};

const unquoted = (text: string | undefined): string | undefined => text?.trim().replace(/^'(.*)'$/, '$1');

const resolveText = (text: string, sources: VariableSources): unknown => {
  const match = VARIABLE.exec(text);
  if (!match) return text;
  const [variable, source = '', path, argument, fallback] = match;
  const value = lookUp(source, (path ?? argument ?? '').trim(), sources) ?? unquoted(fallback);
  if (WHOLE_VARIABLE.test(text)) return value === undefined ? undefined : resolveVariables(value, sources);
  return resolveText(
    text.replace(variable, () => String(resolveVariables(value, sources))),
    sources,
  );
};

/**
 * A value of a service file with its `${…}` variables put in: `sls:stage`, `param:`, `self:`, `file(…)` and `strToBool(…)`, each
 * with its fallback. What only a program or AWS can tell is undefined here.
 */
export const resolveVariables = (value: unknown, sources: VariableSources): unknown => {
  if (typeof value === 'string') return resolveText(value, sources);
  if (Array.isArray(value)) return value.map((item) => resolveVariables(item, sources));
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, resolveVariables(field, sources)]),
  );
};
