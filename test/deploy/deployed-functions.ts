import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Adapter } from '../../src/runtime/adapter.ts';
import type { Task } from '../../src/runtime/task.ts';

interface Deployed {
  /** Key in serverless.yml, e.g. `openCycle`. */
  readonly key: string;
  /** Name on AWS behind the prefix of the stage, e.g. `open-cycle`. */
  readonly name: string;
  readonly logicalId: string;
  readonly roleId: string;
  /** Variables that the handler asks for. */
  readonly environment: readonly string[];
}

/** Called by a state machine. */
export interface DeployedTask extends Deployed {
  readonly kind: 'task';
  readonly handler: Task;
}

/** Called by a rule of the bus. */
export interface DeployedEvent extends Deployed {
  readonly kind: 'event';
  readonly handler: Task;
}

/** Called by the tool gateway. */
export interface DeployedAdapter extends Deployed {
  readonly kind: 'adapter';
  readonly handler: Adapter;
}

export type DeployedFunction = DeployedTask | DeployedEvent | DeployedAdapter;

const FUNCTIONS = resolve(import.meta.dirname, '../../functions');

const camel = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const handlersIn = <H extends Task | Adapter>(folder: string): Promise<(readonly [string, H])[]> =>
  Promise.all(
    readdirSync(join(FUNCTIONS, folder)).map(async (file) => {
      const { handler } = (await import(join(FUNCTIONS, folder, file))) as { handler: H };
      return [file.replace(/\.ts$/, ''), handler] as const;
    }),
  );

/** What people outside know a function by, where that is not what its state is called. */
const NAMES: Readonly<Record<string, string>> = { 'decide-approval': 'auto-approval-gate' };

const deployed = (file: string, { environment }: Task | Adapter): Deployed => {
  const [key, name] = [camel(file), NAMES[file] ?? file];
  const pascal = `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
  return { key, name, logicalId: `${pascal}LambdaFunction`, roleId: `${pascal}Role`, environment };
};

/** Every handler under functions/tasks, functions/events and functions/adapters, and what it is called where. */
export const deployedFunctions = async (): Promise<DeployedFunction[]> => {
  const [tasks, events, adapters] = await Promise.all([
    handlersIn<Task>('tasks'),
    handlersIn<Task>('events'),
    handlersIn<Adapter>('adapters'),
  ]);
  return [
    ...tasks.map(([file, handler]) => ({ ...deployed(file, handler), kind: 'task' as const, handler })),
    ...events.map(([file, handler]) => ({ ...deployed(file, handler), kind: 'event' as const, handler })),
    ...adapters.map(([file, handler]) => {
      return { ...deployed(`${file}-adapter`, handler), kind: 'adapter' as const, handler };
    }),
  ];
};
