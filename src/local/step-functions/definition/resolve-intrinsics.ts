import { type Fields, isFields } from './asl.ts';

/**
 * Gives the value of a CloudFormation reference: of `Ref` without an attribute, of `Fn::GetAtt` with one. It should throw
 * for a name that it does not know.
 */
export type ReferenceResolver = (logicalId: string, attribute?: string) => string;

/**
 * Replaces `Ref`, `Fn::GetAtt` and `Fn::Sub` in a definition, as a deployment would, and returns the definition that Step
 * Functions would get. Throws UnsupportedIntrinsicError for any other `Fn::` function.
 */
export function resolveIntrinsics<T>(definition: T, resolve: ReferenceResolver): T {
  return resolved(definition, resolve) as T;
}

export class UnsupportedIntrinsicError extends Error {
  readonly intrinsic: string;

  constructor(intrinsic: string) {
    super(`The definition uses ${intrinsic}, which only a deployment can resolve`);
    this.name = 'UnsupportedIntrinsicError';
    this.intrinsic = intrinsic;
  }
}

function resolved(value: unknown, resolve: ReferenceResolver): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, resolve));
  if (!isFields(value)) return value;
  const [key, ...others] = Object.keys(value);
  if (key !== undefined && others.length === 0 && isIntrinsic(key)) return call(key, value[key], resolve);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, resolved(field, resolve)]));
}

const isIntrinsic = (key: string) => key === 'Ref' || key.startsWith('Fn::');

function call(name: string, argument: unknown, resolve: ReferenceResolver): string {
  if (name === 'Ref') return resolve(String(argument));
  if (name === 'Fn::GetAtt') return getAttribute(argument, resolve);
  if (name === 'Fn::Sub') return substitute(argument, resolve);
  throw new UnsupportedIntrinsicError(name);
}

function getAttribute(argument: unknown, resolve: ReferenceResolver): string {
  const [logicalId = '', ...attribute] = Array.isArray(argument) ? argument : String(argument).split('.');
  return resolve(logicalId, attribute.join('.'));
}

function substitute(argument: unknown, resolve: ReferenceResolver): string {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const known = (resolved(variables ?? {}, resolve) ?? {}) as Fields;
  return String(template).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (name in known) return String(known[name]);
    return name.includes('.') ? getAttribute(name, resolve) : resolve(name);
  });
}
