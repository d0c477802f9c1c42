/** A source file with one condition, or one clause of one, taken away. */
export interface Mutant {
  readonly file: string;
  readonly name: string;
  readonly text: string;
}

/** Always true and always false; both may stand wherever a clause does, and every row here has a pk. */
const TRUE = 'attribute_exists(pk) OR attribute_not_exists(pk)';
const FALSE = 'attribute_exists(pk) AND attribute_not_exists(pk)';

/** A clause without effect in a conjunction. It still names its placeholders, or DynamoDB would refuse the request as a whole. */
const withoutEffect = (clause: string): string => `(${clause} OR ${TRUE})`;
/** A clause without effect in a disjunction. */
const neverTrue = (clause: string): string => `(${clause} AND ${FALSE})`;

const USE = /\bConditionExpression: ([^\n]+?),?\n/g;
const NAME = /\b[A-Z]+(?:_[A-Z]+)+\b/g;

const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`;

/** Every way to take something away from a condition: each of its clauses, and the whole. */
const weakened = (condition: string): { name: string; condition: string }[] => {
  const word = condition.includes(' OR ') ? ' OR ' : ' AND ';
  const clauses = condition.split(word);
  const whole = { name: 'the whole', condition: withoutEffect(`(${condition})`) };
  if (clauses.length === 1) return [whole];
  const each = clauses.map((clause, index) => {
    const weak = word === ' OR ' ? neverTrue(clause) : withoutEffect(clause);
    return { name: clause, condition: clauses.with(index, weak).join(word) };
  });
  return [...each, whole];
};

const ofConstant = (file: string, text: string, constant: string): Mutant[] => {
  const definition = new RegExp(`const ${constant} =\\s+'([^']+)';`);
  const condition = definition.exec(text)?.[1];
  if (condition === undefined) throw new Error(`${file}: ${constant} is not a plain text`);
  return weakened(condition).map(({ name, condition: weak }) => ({
    file,
    name: `${constant} without ${name}`,
    text: text.replace(definition, () => `const ${constant} = ${quoted(weak)};`),
  }));
};

/** A constant that guards several writes is taken away from each of them by itself, too. */
const ofUse = (file: string, text: string, use: RegExpExecArray): Mutant => {
  const [whole, expression = ''] = use;
  const weak = `\`(\${${expression}} OR ${TRUE})\``;
  const line = text.slice(0, use.index).split('\n').length;
  const changed = whole.replace(expression, () => weak);
  return {
    file,
    name: `line ${line} without ${expression}`,
    text: text.slice(0, use.index) + changed + text.slice(use.index + whole.length),
  };
};

/**
 * All deletions of conditions in a source file: of each clause, of each condition as a whole, and of each use of a condition.
 *
 * @throws Error when a condition is written in a way that cannot be taken apart here.
 */
export const conditionMutants = (file: string, text: string): Mutant[] => {
  const uses = [...text.matchAll(USE)];
  const perUse = uses.map((use) => use[1]?.match(NAME) ?? []);
  if (perUse.some((names) => names.length === 0))
    throw new Error(`${file}: a condition is not a named constant`);
  const names = perUse.flat();
  const constants = [...new Set(names)];
  const isShared = (index: number) =>
    perUse[index]?.some((name) => names.filter((n) => n === name).length > 1);
  return [
    ...constants.flatMap((constant) => ofConstant(file, text, constant)),
    ...uses.filter((_, index) => isShared(index)).map((use) => ofUse(file, text, use)),
  ];
};
