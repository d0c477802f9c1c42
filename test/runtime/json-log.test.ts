import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { jsonLog } from '../../src/runtime/json-log.ts';

const written: string[] = [];

beforeEach(() => {
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
  written.length = 0;
});

describe('the log', () => {
  it('writes one JSON object a line, with its level', () => {
    jsonLog.info('closed', { tenants: 2 });
    jsonLog.error('failed');
    expect(written).toEqual([
      '{"level":"INFO","message":"closed","tenants":2}\n',
      '{"level":"ERROR","message":"failed"}\n',
    ]);
  });
});
