/** Where the paths of a rewritten expression start. */
export interface PathRoots {
  /** Replaces `$` at the start of every path; by default it stays. */
  readonly root?: string;
  /**
   * Replaces a path that is `$` alone when there is no `root`: the engine finds nothing at `$` when the document is false,
   * 0, "" or null.
   */
  readonly bare?: string;
}

/** The adapter's context object stands under this key of the engine's, which overwrites `Execution` with values of its own. */
export const CONTEXT_KEY = 'c';

const CONTEXT_ROOT = `$$.${CONTEXT_KEY}`;

/** Undoes in an error message what the rewriting did to a path of the definition. */
export const originalPaths = (message: string): string => message.replaceAll(CONTEXT_ROOT, '$$$$');

/** Rewrites each path of a path expression or of an intrinsic function's call; quoted text stays as it is. */
export function rewriteExpression(expression: string, roots: PathRoots = {}): string {
  return expression.replace(
    /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|(?<![\w\]])(\$\$?)(?=([.[])?)/g,
    (token, dollars: string | undefined, continuation: string | undefined) => {
      if (dollars === '$$') return CONTEXT_ROOT;
      if (dollars === '$') return roots.root ?? (continuation ? '$' : (roots.bare ?? '$'));
      return token;
    },
  );
}

/** The expression without its quoted text, for checks that must not stumble over a literal. */
export const withoutLiterals = (expression: string): string =>
  expression.replace(/'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/g, "''");

/** Rewrites the dynamic fields (`"name.$"`) of a payload template. */
export function rewriteTemplate(template: unknown, roots: PathRoots = {}): unknown {
  if (Array.isArray(template)) return template.map((item) => rewriteTemplate(item, roots));
  if (typeof template !== 'object' || template === null) return template;
  const rewrite = ([key, value]: [string, unknown]) =>
    key.endsWith('.$') && typeof value === 'string'
      ? [key, rewriteExpression(value, roots)]
      : [key, rewriteTemplate(value, roots)];
  return Object.fromEntries(Object.entries(template).map(rewrite));
}
