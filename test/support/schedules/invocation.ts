import { AsyncLocalStorage } from 'node:async_hooks';

/** An execution, or a person: whoever acts on its own and can die. */
export interface Actor {
  readonly name: string;
  readonly startedAt: number;
  dead: boolean;
}

/** One call of a function, or one command, on behalf of an actor. */
export interface Invocation {
  readonly actor: Actor;
  readonly startedAt: number;
  /** It never goes on, as a process that was killed. */
  dead: boolean;
  /** Tells the actor that it has failed, whether it goes on or not. */
  fail(name: string): void;
}

/** Which invocation makes a call: it is known wherever the code awaits. */
export const currentInvocation = new AsyncLocalStorage<Invocation>();

export const isDead = ({ actor, dead }: Invocation): boolean => dead || actor.dead;

const named = (name: string): Error => Object.assign(new Error('as the schedule wants it'), { name });

/** Runs a function as an invocation of its own; rejects as soon as it is said to have failed. */
export const invokeFor = <T>(
  actor: Actor,
  startedAt: number,
  live: Set<Invocation>,
  work: () => Promise<T>,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const invocation: Invocation = { actor, startedAt, dead: false, fail: (name) => reject(named(name)) };
    live.add(invocation);
    currentInvocation
      .run(invocation, work)
      .then(resolve, reject)
      .finally(() => live.delete(invocation));
  });
