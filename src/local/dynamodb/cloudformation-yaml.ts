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

/** What was parsed before, by its text: a process reads the same few files for every part that it opens. */
const known = new Map<string, unknown>();

/**
 * Parses a CloudFormation template written in YAML. The short forms become the long ones (`!Sub x` → `{ 'Fn::Sub': x }`),
 * so that a reader has one form to deal with.
 */
export function parseCloudFormation(text: string): unknown {
  if (!known.has(text)) known.set(text, parseText(text));
  return structuredClone(known.get(text));
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
