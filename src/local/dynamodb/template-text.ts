/** What the variables of a template stand for locally, by their text: `self:custom.prefix`, `sls:stage`, a parameter. */
export type Substitutions = Readonly<Record<string, string>>;

/**
 * Turns a template's string, `Ref`, `Fn::Sub` or `Fn::Join` into text. `${name, 'default'}` has its default.
 *
 * @throws Error that names the variable which has no substitution, or shows the construct that is not text.
 */
export function resolveText(value: unknown, substitutions: Substitutions): string {
  if (typeof value === 'string') return substitute(value, substitutions);
  if (isRecord(value)) {
    if (typeof value.Ref === 'string') return lookUp(value.Ref, substitutions);
    if ('Fn::Sub' in value) return resolveSub(value['Fn::Sub'], substitutions);
    if ('Fn::Join' in value) return resolveJoin(value['Fn::Join'], substitutions);
  }
  throw new Error(`${JSON.stringify(value)} cannot be read as text outside CloudFormation`);
}

function resolveSub(argument: unknown, substitutions: Substitutions): string {
  if (!Array.isArray(argument)) return resolveText(argument, substitutions);
  const [text, variables] = argument as [unknown, unknown];
  const entries = Object.entries(isRecord(variables) ? variables : {});
  const own = Object.fromEntries(entries.map(([name, value]) => [name, resolveText(value, substitutions)]));
  return resolveText(text, { ...substitutions, ...own });
}

function resolveJoin(argument: unknown, substitutions: Substitutions): string {
  const [separator, parts] = argument as [string, unknown[]];
  return parts.map((part) => resolveText(part, substitutions)).join(separator);
}

function substitute(text: string, substitutions: Substitutions): string {
  return text.replace(/\$\{([^{}]+)\}/g, (_, expression: string) => lookUp(expression, substitutions));
}

function lookUp(expression: string, substitutions: Substitutions): string {
  const [name = '', fallback] = expression.split(',').map((part) => part.trim());
  const value = substitutions[name] ?? fallback?.replace(/^(['"])(.*)\1$/, '$2');
  if (value === undefined) throw new Error(`no substitution is given for \${${name}}`);
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
