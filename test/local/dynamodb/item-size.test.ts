import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { itemSizeBytes } from '../../../src/local/dynamodb/item-size.ts';

test.each<[string, AttributeValue, number]>([
  ['text in UTF-8', { S: 'größe' }, 7],
  ['a number of five digits', { N: '-123.45' }, 4],
  ['a number whose zeros do not count', { N: '1200' }, 2],
  ['bytes', { B: new Uint8Array(9) }, 9],
  ['a truth value', { BOOL: false }, 1],
  ['nothing', { NULL: true }, 1],
  ['a set of texts', { SS: ['ab', 'c'] }, 3],
  ['a set of numbers', { NS: ['12', '3'] }, 4],
  ['a set of bytes', { BS: [new Uint8Array(2), new Uint8Array(3)] }, 5],
  ['a list', { L: [{ S: 'ab' }, { BOOL: true }] }, 3 + 1 + 2 + 1 + 1],
  ['a map', { M: { ab: { S: 'c' } } }, 3 + 1 + 2 + 1],
])('an item weighs its attribute names and %s', (_, value, bytes) => {
  expect(itemSizeBytes({ name: value })).toBe('name'.length + bytes);
});
