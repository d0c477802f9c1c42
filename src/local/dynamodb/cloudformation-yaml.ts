import { type CollectionTag, parse, type ScalarTag } from 'yaml';

const names = [
  'And',
  'Base64',
  'Cidr',
  'Equals',
  'FindInMap',
  'GetAtt',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
  'Transform',
];

/** By text: a simulation takes 20 ms to parse the service anew, and many may be run in one process. */
const parsed = new Map<string, unknown>();

/**
 * Parses a CloudFormation template written in YAML. The short forms become the long ones (`!Sub x` → `{ 'Fn::Sub': x }`),
 * so that a reader has one form to deal with. The same text gives the same value, which is frozen.
 */
export function parseCloudFormation(text: string): unknown {
  if (!parsed.has(text)) parsed.set(text, frozen(parseText(text)));
  return parsed.get(text);
}

function frozen(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

function parseText(text: string): unknown {
  const tags = [...names.map((name) => [name, `Fn::${name}`]), ['Ref', 'Ref'], ['Condition', 'Condition']];
  return parse(text, {
    customTags: tags.flatMap(([tag, key]) => shortForms(`!${tag}`, `${key}`)),
    merge: true,
  });
}

function shortForms(tag: string, key: string): (ScalarTag | CollectionTag)[] {
  const wrapCollection = (value: { toJSON(): unknown }) => ({ [key]: value.toJSON() });
  return [
    { tag, resolve: (text: string) => ({ [key]: text }) },
    { tag, collection: 'seq', resolve: wrapCollection },
    { tag, collection: 'map', resolve: wrapCollection },
  ] as (ScalarTag | CollectionTag)[];
}
