import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Journal, StartedExecution } from '../step-functions/executions/journal.ts';

type Line = { readonly started: StartedExecution } | { readonly ended: string };

const JOURNAL_FILE = 'executions.jsonl';

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** A crash may have cut the last line short; its execution had not begun. */
const parseLine = (text: string): Line[] => {
  try {
    return [JSON.parse(text) as Line];
  } catch {
    return [];
  }
};

const unfinished = (lines: readonly Line[]): StartedExecution[] => {
  const running = new Map<string, StartedExecution>();
  for (const line of lines) {
    if ('ended' in line) running.delete(line.ended);
    else
      running.set(line.started.executionArn, {
        ...line.started,
        startDate: new Date(line.started.startDate),
      });
  }
  return [...running.values()];
};

/**
 * Keeps in a data directory which executions run, so that a restart can go on with them: each is run again under its own ARN,
 * which every state of the machines bears.
 */
export const executionJournal = (directory: string): { journal: Journal; unfinished: StartedExecution[] } => {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, JOURNAL_FILE);
  const left = unfinished(readText(path).split('\n').flatMap(parseLine));
  const text = (line: Line) => `${JSON.stringify(line)}\n`;
  writeFileSync(path, left.map((started) => text({ started })).join(''));
  const journal: Journal = {
    started: (started) => appendFile(path, text({ started })),
    ended: (ended) => appendFile(path, text({ ended })),
  };
  return { journal, unfinished: left };
};
