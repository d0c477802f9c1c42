import { describe, expect, test } from '@jest/globals';
import { InvocationGate, seededRandom } from '../../src/local/invocation-gate.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

const orderOf = async (seed: number, names: readonly string[] = NAMES): Promise<string> => {
  const gate = new InvocationGate(seed);
  const order: string[] = [];
  for (const name of names) void gate.pass(async () => void order.push(name));
  await gate.drain(() => false);
  return order.join('');
};

describe('the invocation gate', () => {
  test('lets through in the order of arrival for seed 0', async () => {
    expect(await orderOf(0)).toBe('abcdef');
  });

  test('lets everybody through once, in an order that the seed determines', async () => {
    const seeds = [1, 2, 3, 4_294_967_295];
    const orders = await Promise.all(seeds.map((seed) => orderOf(seed)));
    expect(await Promise.all(seeds.map((seed) => orderOf(seed)))).toEqual(orders);
    expect(new Set(orders).size).toBe(seeds.length);
    for (const order of orders) expect([...order].sort()).toEqual(NAMES);
  });

  test('holds everybody back until it is drained', async () => {
    const gate = new InvocationGate(0);
    let passed = false;
    const passing = gate.pass(async () => {
      passed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(passed).toBe(false);
    await gate.drain(() => false);
    await passing;
    expect(passed).toBe(true);
  });

  test('lets one through only when the one before is done, and those too who come because of it', async () => {
    const gate = new InvocationGate(0);
    const told: string[] = [];
    void gate.pass(async () => {
      told.push('a begins');
      await new Promise((resolve) => setImmediate(resolve));
      void gate.pass(async () => void told.push('c, called by a'));
      told.push('a ends');
    });
    void gate.pass(async () => void told.push('b'));
    await gate.drain(() => false);
    expect(told).toEqual(['a begins', 'a ends', 'b', 'c, called by a']);
  });

  test('waits while machines compute, for they may have something to add to the choice', async () => {
    const gate = new InvocationGate(0);
    const told: string[] = [];
    let looks = 0;
    void gate.pass(async () => void told.push(`after ${looks} looks`));
    await gate.drain(() => {
      looks += 1;
      return looks < 4;
    });
    expect(told).toEqual(['after 4 looks']);
  });

  test('gives back what comes of the work, failures included, and goes on', async () => {
    const gate = new InvocationGate(0);
    const failing = gate.pass(() => Promise.reject(new Error('broken')));
    const succeeding = gate.pass(async () => 42);
    const failure = expect(failing).rejects.toThrow('broken');
    await gate.drain(() => false);
    await failure;
    expect(await succeeding).toBe(42);
  });
});

test('random numbers of a seed are the same every time, in [0, 1), and spread over it', () => {
  const numbers = (seed: number) => {
    const next = seededRandom(seed);
    return Array.from({ length: 1000 }, next);
  };
  const first = numbers(7);
  expect(numbers(7)).toEqual(first);
  expect(first.every((number) => number >= 0 && number < 1)).toBe(true);
  const tenths = new Set(first.map((number) => Math.floor(number * 10)));
  expect(tenths.size).toBe(10);
});
