import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Texts of definitions that a validator found valid. */
export interface FoundValid {
  has(text: string): boolean;
  add(text: string): void;
}

const MODULES = resolve(import.meta.dirname, '../../../../node_modules');

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/**
 * Remembers for other processes, too, in a file for each text: a validator comes to the same for the same text as long as the same packages
 * are installed. Where these cannot be told, or nothing can be written, only this process remembers.
 */
export const foundValid = (modules = MODULES): FoundValid => {
  const here = new Set<string>();
  const folder = join(modules, '.cache/valid-state-machines');
  const installed = readIfThere(join(modules, '.package-lock.json'));
  const fileOf = (text: string): string =>
    join(folder, createHash('sha256').update(`${installed}\n${text}`).digest('hex'));
  return {
    has: (text) => here.has(text) || (installed !== undefined && existsSync(fileOf(text))),
    add(text) {
      here.add(text);
      if (installed === undefined) return;
      try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(fileOf(text), '');
      } catch {
        // It takes longer the next time, and that is all.
      }
    },
  };
};
