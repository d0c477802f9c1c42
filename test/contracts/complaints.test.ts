import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { complaints } from '../../src/contracts/complaints.ts';

const shape = z.strictObject({
  name: z.string().optional(),
  of: z.strictObject({ items: z.array(z.strictObject({ count: z.number() })) }).optional(),
});

const complaintsAbout = (value: unknown): string => {
  const { error } = shape.safeParse(value);
  return error ? complaints(error, value) : '';
};

test.each<[value: unknown, message: RegExp]>([
  [{ name: 7 }, /^name: 7: /],
  [{ of: { items: [{ count: 1 }, { count: 'NaN' }] } }, /^of\.items\[1\]\.count: "NaN": /],
  [{ of: { items: [{}] } }, /^of\.items\[0\]\.count: undefined: /],
  [{ of: { items: [{ count: 1, extra: [1] }] } }, /^of\.items\[0\]\.extra: \[1\]: is not known here$/],
  [{ a: 1, b: 2 }, /^a: 1: is not known here; b: 2: is not known here$/],
  ['text', /^input: "text": /],
  [null, /^input: null: /],
  [{ name: 1, of: 2 }, /^name: 1: [^;]+; of: 2: [^;]+$/],
])('what does not fit in %j is told by its path and value', (value, message) => {
  expect(complaintsAbout(value)).toMatch(message);
});

test('a long value is shown by its beginning', () => {
  const message = complaintsAbout({ name: ['x'.repeat(100_000)] });
  expect(message).toMatch(/^name: \["xxx/);
  expect(message.length).toBeLessThan(250);
});
