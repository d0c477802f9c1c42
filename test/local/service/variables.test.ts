// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how the variables of a service file are written
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { resolveVariables } from '../../../src/local/service/variables.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'service-'));
  await writeFile(join(directory, 'part.yml'), 'Table: !Ref Plans\nstage: ${sls:stage}\n');
});

afterAll(() => rm(directory, { recursive: true }));

const resolved = (value: unknown): unknown =>
  resolveVariables(value, {
    directory,
    stage: 'dev',
    params: { region: 'eu-west-1', cycle: '5m', enabled: true, zero: 0 },
    self: {
      custom: { prefix: 'app-${sls:stage}', rates: { '5m': { rate: 'rate(5 minutes)' } }, depth: 3 },
    },
  });

describe('a variable of a service file', () => {
  test.each<[text: string, value: unknown]>([
    ['${sls:stage}', 'dev'],
    ['${param:region}', 'eu-west-1'],
    ['${self:custom.depth}', 3],
    ['${self:custom.prefix}-plans', 'app-dev-plans'],
    ['${self:custom.rates.${param:cycle}.rate}', 'rate(5 minutes)'],
    ['${strToBool(${param:enabled})}', true],
    ['${strToBool(false)}', false],
    ["${param:unknown, 'fallback'}", 'fallback'],
    ['${param:unknown, ${param:region}}', 'eu-west-1'],
    ["${param:zero, '1'}", 0],
    ['${sls:stage} of ${param:region}', 'dev of eu-west-1'],
    ['no variable, $5 and {braces}', 'no variable, $5 and {braces}'],
  ])('%s is %j', (text, value) => expect(resolved(text)).toEqual(value));

  test('takes a value that is no text over as it is, and one of several fields with its own variables in', () => {
    expect(resolved('${self:custom.rates}')).toEqual({ '5m': { rate: 'rate(5 minutes)' } });
    expect(resolved('${file(part.yml)}')).toEqual({ Table: { Ref: 'Plans' }, stage: 'dev' });
  });

  test('is found at any depth of lists and fields', () => {
    expect(resolved({ a: [{ b: '${sls:stage}' }, 1, null] })).toEqual({ a: [{ b: 'dev' }, 1, null] });
  });

  test.each([
    '${param:unknown}',
    '${self:custom.rates.1h.rate}',
    '${file(program.js):part}',
    '${aws:accountId}',
  ])('that only a program or AWS could tell, or nobody, is undefined: %s', (text) =>
    expect(resolved(text)).toBeUndefined(),
  );
});
