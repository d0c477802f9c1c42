import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Task } from '../../src/runtime/task.ts';

export interface DeployedFunction {
  /** Key in serverless.yml, e.g. `openCycle`. */
  readonly key: string;
  /** File name without its ending, e.g. `open-cycle`. */
  readonly file: string;
  readonly logicalId: string;
  readonly roleId: string;
  readonly handler: Task;
  /** Variables that the handler asks for. */
  readonly environment: readonly string[];
}

const DIRECTORY = resolve(import.meta.dirname, '../../functions/tasks');

const camel = (file: string): string => file.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const describe = async (file: string): Promise<DeployedFunction> => {
  const key = camel(file);
  const pascal = `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
  const { handler } = (await import(join(DIRECTORY, `${file}.ts`))) as { handler: Task };
  const { environment } = handler;
  return { key, file, logicalId: `${pascal}LambdaFunction`, roleId: `${pascal}Role`, handler, environment };
};

/** Every handler under functions/tasks, and what it is called where. */
export const deployedFunctions = (): Promise<DeployedFunction[]> =>
  Promise.all(
    readdirSync(DIRECTORY)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => describe(file.slice(0, -'.ts'.length))),
  );
