import { afterEach, describe, expect, it } from '@jest/globals';
import { type MachineWorld, type MachineWorldOptions, newMachineWorld } from './machine-world.ts';
import { machineFile, possibleTransitions, takenTransitions } from './transitions.ts';

export type OpenWorld = (options?: MachineWorldOptions) => Promise<MachineWorld>;

/** Opens worlds for the tests of a file, closes them after each, and remembers the ways that one machine went in them. */
export const machineWorlds = (machine: 'plan-cycle' | 'execute-action') => {
  const taken = new Set<string>();
  const opened: MachineWorld[] = [];
  const open: OpenWorld = async (options) => {
    const world = await newMachineWorld(options);
    opened.push(world);
    return world;
  };
  afterEach(async () => {
    for (const world of opened.splice(0)) {
      await world.settle();
      const arn = world.system.planCycleArn.replace(/plan-cycle$/, machine);
      for (const transition of takenTransitions(world.system, arn)) taken.add(transition);
      await world.close();
    }
  });
  /** To be called last: the tests before have gone every way that the machine's file has. */
  const everyWayWasTaken = () =>
    describe(`the tests of ${machine}`, () => {
      const possible = possibleTransitions(machineFile(machine));

      it('can tell every way out of a state from every other', () => {
        expect(possible.filter((way, index) => possible.indexOf(way) < index)).toEqual([]);
      });

      it.each(possible)('have gone %s', (way) => {
        expect([...taken]).toContain(way);
      });
    });
  return { open, everyWayWasTaken };
};

/** Lets a state's function throw, the first so many times that it is invoked for an input that fits. */
export const failing = (
  world: MachineWorld,
  stateName: string,
  error: { readonly name: string; readonly message?: string },
  { times = Number.POSITIVE_INFINITY, of = '' } = {},
): { calls: number } => {
  const count = { calls: 0 };
  world.intercept.set(stateName, async ({ payload }, invoke) => {
    if (!JSON.stringify(payload).includes(of)) return invoke();
    count.calls += 1;
    if (count.calls > times) return invoke();
    throw Object.assign(new Error(error.message ?? 'as the test wants it'), { name: error.name });
  });
  return count;
};
