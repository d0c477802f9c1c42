import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '../../src/runtime/task.ts';

const folder = join(import.meta.dirname, '../../functions/tasks');

const load = async (file: string): Promise<readonly [string, Task]> => {
  const { handler } = (await import(join(folder, file))) as { handler: Task };
  return [file.replace('.ts', ''), handler];
};

/** Every function of `functions/tasks`, by the name of its file. */
export const everyTask: readonly (readonly [string, Task])[] = await Promise.all(
  readdirSync(folder).sort().map(load),
);

export const taskOf = (name: string): Task => {
  const found = everyTask.find(([other]) => other === name);
  if (!found) throw new Error(`there is no function ${name}`);
  return found[1];
};
