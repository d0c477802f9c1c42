import { describe, expect, it } from '@jest/globals';
import type { ActionTypeEntry } from '../../../src/domain/intent/action-type-registry.ts';
import { mapArguments } from '../../../src/domain/intent/map-arguments.ts';

type Mapped = ActionTypeEntry['parameter_mapping'][string];

const mapped = (more: Partial<Mapped> = {}): Mapped => ({
  ...{ toolParam: 'title', transform: 'PASSTHROUGH', required: false },
  ...more,
});
const map = (parameter_mapping: Record<string, Mapped>, parameters: Record<string, unknown>) =>
  mapArguments({ parameter_mapping }, parameters);
const one = (more: Partial<Mapped>, topic?: unknown) => map({ topic: mapped(more) }, { topic });

describe('the arguments of a tool', () => {
  it('are the mapped parameters, under the names of the tool, and no others', () => {
    const result = map(
      { topic: mapped(), body: mapped({ toolParam: 'text' }) },
      { topic: 'T', body: 'B', x: 1 },
    );
    expect(result).toEqual({ ok: true, arguments: { title: 'T', text: 'B' } });
  });

  it.each([
    ['PASSTHROUGH', 'Hi', 'Hi'],
    ['UPPERCASE', 'Hi', 'HI'],
    ['LOWERCASE', 'Hi', 'hi'],
    ['UPPERCASE', 7, 7],
    ['LOWERCASE', { a: 'Hi' }, { a: 'Hi' }],
  ] as const)('are transformed by %s when they are text: %j becomes %j', (transform, said, title) => {
    expect(one({ transform }, said)).toEqual({ ok: true, arguments: { title } });
  });

  it.each([undefined, null, ''])('are the default where the action says %j', (said) => {
    expect(one({ default: 'D', required: true }, said)).toEqual({ ok: true, arguments: { title: 'D' } });
  });

  it('are what the action says where it says 0 or false, whatever the default is', () => {
    expect(one({ default: 30 }, 0)).toEqual({ ok: true, arguments: { title: 0 } });
    expect(one({ default: true }, false)).toEqual({ ok: true, arguments: { title: false } });
  });

  it('have a default transformed as what it stands in for', () => {
    expect(one({ default: 'high', transform: 'UPPERCASE' })).toEqual({
      ok: true,
      arguments: { title: 'HIGH' },
    });
  });

  it.each([undefined, null, ''])('leave out what neither the action (%j) nor a default says', (said) => {
    expect(one({}, said)).toEqual({ ok: true, arguments: {} });
    expect(one({ default: '' }, said)).toEqual({ ok: true, arguments: {} });
  });

  it('are missing where they are required and nobody says them, all of them by the names of the action', () => {
    const needed = mapped({ required: true });
    const result = map(
      { topic: needed, body: needed, owner: needed, note: mapped() },
      { owner: 'ana', body: '' },
    );
    expect(result).toEqual({ ok: false, missing: ['topic', 'body'] });
  });

  it('are missing where the default says nothing either', () => {
    expect(one({ required: true, default: null })).toEqual({ ok: false, missing: ['topic'] });
  });

  it('are not what every object has', () => {
    expect(map({ constructor: mapped() }, {})).toEqual({ ok: true, arguments: {} });
  });

  it('may be called as what every object has', () => {
    const result = map({ topic: mapped({ toolParam: '__proto__' }) }, { topic: 'T' });
    expect(result.ok && Object.entries(result.arguments)).toEqual([['__proto__', 'T']]);
  });
});
