import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ConfigurationError } from '../../application/errors.ts';
import { instant } from '../../domain/identifiers.ts';

const localState = z.strictObject({
  /** The scenario that is played here. */
  scenario: z.string(),
  /** Where the local clock goes on: it stands still while nothing runs, and is never set back, not even by a crash. */
  now: instant,
  /** How far the scenario's instants are moved, so that it starts when the system first did. */
  shift_ms: z.number(),
  /** Whether all plans of the scenario have been brought in. */
  introduced: z.boolean(),
  /** How many of the scenario's commands have been given. */
  commands_given: z.int().nonnegative(),
});

/** What a second start has to know of the first. */
export type LocalState = z.infer<typeof localState>;

const STATE_FILE = 'state.json';

/** Keeps the state in a data directory; in memory when there is none. Writing replaces the file in one step. */
export const stateFile = (directory: string | undefined) => {
  const path = directory && join(directory, STATE_FILE);
  return {
    read(): LocalState | undefined {
      if (!path) return undefined;
      try {
        return localState.parse(JSON.parse(readFileSync(path, 'utf8')));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw new ConfigurationError(`${path}: is no state of a local system: ${(error as Error).message}`);
      }
    },
    write(state: LocalState): void {
      if (!path || !directory) return;
      mkdirSync(directory, { recursive: true });
      writeFileSync(`${path}.new`, JSON.stringify(state));
      renameSync(`${path}.new`, path);
    },
  };
};
