import type { Fields } from './asl.ts';
import { rewriteExpression } from './expression.ts';

const TYPE_TESTS: readonly [RegExp, string][] = [
  [/^String(?!Equals)/, 'IsString'],
  [/^Numeric(?!Equals)/, 'IsNumeric'],
  [/^Timestamp/, 'IsTimestamp'],
];

/**
 * Makes a choice rule mean to the engine what it means to AWS: a comparison with a value of another type is false (the
 * engine lets JavaScript coerce it), `"IsPresent": false` holds for what is absent (there it never holds), and only `*` is
 * a wildcard in StringMatches (there `?` is one too).
 */
export function rewriteRule({ Next, ...rule }: Fields): Fields {
  const condition = rewriteCondition(rule);
  return Next === undefined ? condition : { ...condition, Next };
}

function rewriteCondition(rule: Fields): Fields {
  if (rule.And) return { And: (rule.And as Fields[]).map(rewriteRule) };
  if (rule.Or) return { Or: (rule.Or as Fields[]).map(rewriteRule) };
  if (rule.Not) return { Not: rewriteRule(rule.Not as Fields) };
  return rewriteComparison(rule);
}

function rewriteComparison({ Comment: _, ...rule }: Fields): Fields {
  const rewritten = Object.fromEntries(Object.entries(rule).map(rewriteField));
  const operator = Object.keys(rule).find((key) => key !== 'Variable') ?? '';
  if (operator.startsWith('Is')) return rule[operator] === true ? rewritten : negated(rewritten, operator);
  const test = TYPE_TESTS.find(([pattern]) => pattern.test(operator))?.[1];
  return test ? { And: [{ Variable: rewritten.Variable, [test]: true }, rewritten] } : rewritten;
}

const negated = (rule: Fields, operator: string): Fields => ({ Not: { ...rule, [operator]: true } });

function rewriteField([key, value]: [string, unknown]): [string, unknown] {
  if (typeof value !== 'string') return [key, value];
  if (key === 'Variable' || key.endsWith('Path')) return [key, rewriteExpression(value)];
  return [key, key === 'StringMatches' ? value.replaceAll('?', '\\?') : value];
}
