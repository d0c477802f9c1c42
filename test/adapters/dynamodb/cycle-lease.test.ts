import { describe, expect, it } from '@jest/globals';
import { minute } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const TEN_MINUTES = 600;
const acquire = (owner: string, minutes: number) =>
  world.runtime.lease.acquireIfFree(owner, minute(minutes), TEN_MINUTES);
const release = (owner: string, token: number) => world.runtime.lease.releaseIfHeld(owner, token);
const acquired = (fencing_token: number) => ({ acquired: true, fencing_token });
const heldBy = (owner: string, until: string) => ({ acquired: false, held_by: owner, until });

describe('the lease of the cycle', () => {
  it('is free at the start', async () => {
    expect(await acquire('one', 0)).toEqual(acquired(1));
  });

  it('is held until it lapses, and says by whom', async () => {
    await acquire('one', 0);
    expect(await acquire('two', 9)).toEqual(heldBy('one', minute(10)));
  });

  it('is free from the instant at which it lapses', async () => {
    await acquire('one', 0);
    expect(await acquire('two', 10)).toEqual(acquired(2));
    expect(await acquire('three', 19)).toEqual(heldBy('two', minute(20)));
  });

  it('does not lock out its own holder, who gets a newer token', async () => {
    await acquire('one', 0);
    expect(await acquire('one', 5)).toEqual(acquired(2));
    expect(await acquire('two', 14)).toEqual(heldBy('one', minute(15)));
  });

  it('is free once it is given back, and its token goes on growing', async () => {
    await acquire('one', 0);
    await release('one', 1);
    expect(await acquire('two', 1)).toEqual(acquired(2));
  });

  it('is not given back by somebody who does not hold it, even with the right token', async () => {
    await acquire('one', 0);
    await release('two', 1);
    expect(await acquire('three', 1)).toEqual(heldBy('one', minute(10)));
  });

  it('is not given back with an old token', async () => {
    await acquire('one', 0);
    await acquire('one', 1);
    await release('one', 1);
    expect(await acquire('two', 2)).toEqual(heldBy('one', minute(11)));
  });

  it('goes to one of two who ask at once', async () => {
    const results = await Promise.all([acquire('one', 0), acquire('two', 0)]);
    expect(results.filter(({ acquired: mine }) => mine)).toEqual([acquired(1)]);
  });
});
