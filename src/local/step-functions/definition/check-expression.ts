import { withoutLiterals } from './expression.ts';

const KNOWN_FUNCTIONS = new Set(
  `Format StringToJson Array ArrayPartition ArrayContains ArrayRange ArrayGetItem ArrayLength ArrayUnique Base64Encode
  Base64Decode Hash JsonMerge MathRandom MathAdd StringSplit UUID`.split(/\s+/),
);

/** Why the engine gets this path or intrinsic function's call wrong, or undefined when it does not. */
export function expressionFault(expression: string): string | undefined {
  const bare = withoutLiterals(expression);
  if (/\[\s*\*|\.\*|\.\.|\[\s*\?|\[[^\]]*[:,][^\]]*\]/.test(bare)) {
    return `${expression} may select nothing, for which the local engine gives no list; use a reference path`;
  }
  return functionFault(expression, bare);
}

function functionFault(expression: string, bare: string): string | undefined {
  for (const [, name = ''] of bare.matchAll(/States\.(\w+)/g)) {
    if (name === 'JsonToString') return 'States.JsonToString loses the backslashes of quoted text locally';
    if (!KNOWN_FUNCTIONS.has(name)) return `States.${name} is no intrinsic function`;
  }
  if (
    /States\.StringSplit\(/.test(bare) &&
    !/States\.StringSplit\([^()]*,\s*'(\\.|[^'\\])'\s*\)/.test(expression)
  ) {
    return 'States.StringSplit splits locally only at a literal of one character';
  }
  return undefined;
}
