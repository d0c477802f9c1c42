import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseScenario, readScenario } from '../../../src/local/scenario/scenario.ts';
import { BAD_SCENARIOS, SPECIAL_KEYS } from './bad-input.ts';
import { brief, minute, plan, scenario } from './small-scenarios.ts';

const refusal = (work: () => unknown): Error => {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('was not refused');
};

describe('a scenario', () => {
  test.each(BAD_SCENARIOS)('with %s is refused by path and value', (_what, value, path, shown) => {
    const asJson = JSON.parse(JSON.stringify(value));
    const { name, message } = refusal(() => parseScenario(asJson));
    expect(name).toBe('ValidationError');
    expect(`; ${message}`).toContain(`; ${path}: ${shown}`);
    expect(message.length).toBeLessThan(1000);
  });

  test.each(SPECIAL_KEYS)('with %s is refused', (_what, text, path) => {
    const { name, message } = refusal(() => parseScenario(JSON.parse(text)));
    expect([name, message]).toEqual(['ValidationError', `${path}: a key of that name is not allowed`]);
    expect(Object.prototype).not.toHaveProperty('plan_id');
  });

  test('is told of everything that does not fit at once', () => {
    const { message } = refusal(() =>
      parseScenario(scenario([], { speed: 2, start: 'x', cycle_minutes: 0 })),
    );
    for (const path of ['speed: 2', 'start: "x"', 'cycle_minutes: 0']) expect(message).toContain(path);
  });

  test('gets the defaults that docs/scenarios.md names', () => {
    const step = { step_id: 's1', action_type: 'PREP_RENEWAL_BRIEF' };
    const {
      plan_status: _status,
      created_by: _by,
      approved_by: _approver,
      ...bare
    } = plan('p1', { steps: [step] });
    const { autonomy: _autonomy, ...fields } = scenario([bare], {
      outcomes: [{ result: 'FAILED' }],
      commands: [{ at: minute(0), do: 'pause', plan_id: 'p1' }],
    });
    expect(parseScenario(fields)).toMatchObject({
      ...{ cycle_minutes: 15, max_plans_per_run: 10, autonomy: [] },
      tenants: [{ tenantId: 'acme', status: 'active' }],
      plans: [
        {
          ...{ plan_status: 'DRAFT', created_by: 'scenario-author', approved_by: 'scenario-approver' },
          steps: [{ ...step, dependencies: [] }],
        },
      ],
      outcomes: [{ result: 'FAILED', error_code: 'TOOL_FAILED', after_minutes: 5 }],
      commands: [{ by: 'scenario-operator' }],
    });
  });

  test('may have its instants at any offset', () => {
    const { start } = parseScenario(scenario([], { start: '2026-01-05T01:00:00-08:00' }));
    expect(start).toBe(minute(0));
  });

  test('may use what only looks dangerous', () => {
    const odd = plan('toString', { steps: [brief('hasOwnProperty')], constraints: { 'a#b': '__proto__' } });
    expect(() => parseScenario(scenario([odd]))).not.toThrow();
  });
});

describe('a scenario file', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'scenario-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  test.each([
    ['is not there', undefined, 'cannot be read: ENOENT'],
    ['is no JSON', '{"start": 2026-01-05}', 'is not JSON: '],
    ['is empty', '', 'is not JSON: '],
    ['has comments', '// a scenario\n{}', 'is not JSON: '],
  ])('that %s is refused by its name', async (what, text, message) => {
    const path = join(directory, `${what.replaceAll(' ', '-')}.json`);
    if (text !== undefined) await writeFile(path, text);
    const error = refusal(() => readScenario(path));
    expect(error.name).toBe('ValidationError');
    expect(error.message).toContain(`${path}: ${message}`);
  });

  test('that is a directory is refused by its name', () => {
    expect(refusal(() => readScenario(directory)).message).toBe(`${directory}: cannot be read: EISDIR`);
  });
});
