import { describe, expect, test } from '@jest/globals';
import { createLocalBus } from '../../src/local/event-bus.ts';
import type { RuleDefinition } from '../../src/local/service/service-definition.ts';
import { settableClock } from '../support/settable-clock.ts';

const NOW = '2026-01-05T09:00:00.000Z';
const approved = { source: ['cc-native'], 'detail-type': ['ACTION_APPROVED', 'ACTION_RETRIED'] };
const RULES: RuleDefinition[] = [
  { pattern: approved, targets: ['First', 'Second'] },
  { pattern: { source: ['elsewhere'] }, targets: ['Third'] },
];

const newBus = (deliver?: () => Promise<void>) => {
  const delivered: [target: string, event: string][] = [];
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id-${ids}`;
  };
  const bus = createLocalBus({
    ...{ busName: 'events', rules: RULES, clock: settableClock(NOW), region: 'us-east-1', newId },
    deliver: async (target, event) => {
      await deliver?.();
      delivered.push([target, event]);
    },
  });
  return { bus, delivered, targets: () => delivered.map(([target]) => target) };
};

const entry = (more: object = {}) => ({
  EventBusName: 'events',
  Source: 'cc-native',
  DetailType: 'ACTION_APPROVED',
  Detail: '{"data":{"action_intent_id":"i1"}}',
  ...more,
});

describe('the local event bus', () => {
  test('hands an event, in the envelope of EventBridge, to all targets of the rules that match', async () => {
    const { bus, delivered, targets } = newBus();
    const answer = await bus.putEvents({ Entries: [entry()] });
    expect(answer).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: 'id-1' }] });
    expect(targets()).toEqual(['First', 'Second']);
    expect(JSON.parse(delivered[0]?.[1] ?? '')).toEqual({
      ...{ version: '0', id: 'id-1', 'detail-type': 'ACTION_APPROVED', source: 'cc-native' },
      ...{ account: '000000000000', time: NOW, region: 'us-east-1', resources: [] },
      detail: { data: { action_intent_id: 'i1' } },
    });
  });

  test.each([
    ['every field of a rule has to match', { Source: 'elsewhere' }, ['Third']],
    ['one of a field’s values is enough', { DetailType: 'ACTION_RETRIED' }, ['First', 'Second']],
    ['an event that no rule wants is taken and goes nowhere', { DetailType: 'OTHER' }, []],
    [
      'a bus may be named by its ARN',
      { EventBusName: 'arn:aws:events:us-east-1:1:event-bus/events' },
      ['First', 'Second'],
    ],
  ])('%s', async (_name, more, expected) => {
    const { bus, targets } = newBus();
    expect(await bus.putEvents({ Entries: [entry(more)] })).toMatchObject({ FailedEntryCount: 0 });
    expect(targets()).toEqual(expected);
  });

  test('fails the entries of a bus that does not exist, and no others', async () => {
    const { bus, targets } = newBus();
    const lost = [entry({ EventBusName: 'unheard-of' }), entry({ EventBusName: undefined })];
    const answer = await bus.putEvents({ Entries: [...lost, entry()] });
    const notFound = expect.objectContaining({ ErrorCode: 'ResourceNotFoundException' });
    expect(answer.FailedEntryCount).toBe(2);
    expect(answer.Entries).toEqual([notFound, notFound, { EventId: 'id-1' }]);
    expect(targets()).toEqual(['First', 'Second']);
    expect(bus.units.putEvents).toBe(3);
  });

  test('does not take an event for delivered that a target did not take', async () => {
    const { bus } = newBus(() => Promise.reject(new Error('no such machine')));
    await expect(bus.putEvents({ Entries: [entry()] })).rejects.toThrow('no such machine');
  });

  test('takes no entries for no events', async () => {
    const { bus } = newBus();
    expect(await bus.putEvents({ Entries: undefined })).toMatchObject({ FailedEntryCount: 0, Entries: [] });
  });
});
