import { expect, test } from '@jest/globals';
import { textTable } from '../../../src/local/terminal/text-table.ts';

test('a table is aligned, without borders, colours or blanks at the end of a line', () => {
  const rows = [
    ['a-long-plan', 'ACTIVE', 12],
    ['p2', undefined, 0],
    ['p3', null, 'last'],
  ];
  expect(textTable(['plan', 'status', 'steps'], rows).split('\n')).toEqual([
    'plan         status  steps',
    'a-long-plan  ACTIVE  12',
    'p2                   0',
    'p3                   last',
  ]);
});

test('a table without rows is its headings', () => {
  expect(textTable(['plan', 'status'], [])).toBe('plan  status');
});
