import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '../../src/runtime/task.ts';

const functions = join(import.meta.dirname, '../../functions');

const load = (folder: string): Promise<(readonly [string, Task])[]> =>
  Promise.all(
    readdirSync(join(functions, folder))
      .sort()
      .map(async (file) => {
        const { handler } = (await import(join(functions, folder, file))) as { handler: Task };
        return [file.replace('.ts', ''), handler] as const;
      }),
  );

/** Every function of `functions/tasks`, by the name of its file. */
export const everyTask: readonly (readonly [string, Task])[] = await load('tasks');

/** The same of `functions/events`. */
export const everyEvent: readonly (readonly [string, Task])[] = await load('events');

export const taskOf = (name: string): Task => {
  const found = everyTask.find(([other]) => other === name);
  if (!found) throw new Error(`there is no function ${name}`);
  return found[1];
};
