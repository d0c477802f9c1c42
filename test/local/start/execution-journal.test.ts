import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { executionJournal } from '../../../src/local/start/execution-journal.ts';
import type { StartedExecution } from '../../../src/local/step-functions/executions/journal.ts';

let directory: string;

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'journal-')), 'data');
});

afterEach(() => rm(join(directory, '..'), { recursive: true }));

const started = (name: string): StartedExecution => ({
  executionArn: `arn:${name}`,
  stateMachineArn: 'arn:machine',
  name,
  input: '{"text":"two\\nlines"}',
  startDate: new Date('2026-01-05T09:00:00.000Z'),
});
const path = () => join(directory, 'executions.jsonl');

describe('the journal of executions', () => {
  test('is empty in a directory that is not there yet', () => {
    expect(executionJournal(directory).unfinished).toEqual([]);
  });

  test('keeps those that run, as they were started, and forgets those that ended', async () => {
    const { journal } = executionJournal(directory);
    for (const name of ['one', 'two', 'three']) await journal.started(started(name));
    await journal.ended('arn:two');
    await journal.ended('arn:unheard-of');
    expect(executionJournal(directory).unfinished).toEqual([started('one'), started('three')]);
  });

  test('goes on where an earlier process stopped, and holds no more than what still runs', async () => {
    const first = executionJournal(directory).journal;
    for (const name of ['one', 'two']) await first.started(started(name));
    await first.ended('arn:one');
    const second = executionJournal(directory).journal;
    expect((await readFile(path(), 'utf8')).trimEnd().split('\n')).toHaveLength(1);
    await second.started(started('three'));
    await second.ended('arn:two');
    expect(executionJournal(directory).unfinished).toEqual([started('three')]);
  });

  test('leaves out a last line that a crash cut short, and nothing that is written after it', async () => {
    const { journal } = executionJournal(directory);
    await journal.started(started('one'));
    await appendFile(path(), JSON.stringify({ started: started('torn') }).slice(0, 40));
    const again = executionJournal(directory);
    expect(again.unfinished).toEqual([started('one')]);
    await again.journal.started(started('two'));
    expect(executionJournal(directory).unfinished).toEqual([started('one'), started('two')]);
  });
});
