import { describe, expect, it } from '@jest/globals';
import type { ActionIntent } from '../../../src/domain/intent/action-intent.ts';
import { intentContent, intentContentHash } from '../../../src/domain/intent/intent-content.ts';
import { newIntent } from '../../support/intents.ts';

const hashOf = (more: Partial<ActionIntent> = {}) => intentContentHash(newIntent(more));

describe('what a person is shown of an intent', () => {
  it('has the risk that counts, not the one that is claimed', () => {
    expect(intentContent(newIntent({ risk_estimate: 'minimal' })).risk).toBe('LOW');
    expect(intentContent(newIntent({ risk_estimate: 'high' })).risk).toBe('HIGH');
  });

  it.each<Partial<ActionIntent>>([
    { action_type: 'REQUEST_RENEWAL_MEETING' },
    { target: { entity_type: 'ACCOUNT', entity_id: 'a2' } },
    { parameters: { content: 'x' } },
    { registry_version: 2 },
    { risk_estimate: 'high' },
  ])('has another hash with %j', (more) => expect(hashOf(more)).not.toBe(hashOf()));

  it.each<Partial<ActionIntent>>([
    { action_intent_id: 'other' },
    { status: 'APPROVED' },
    { attempt: 2 },
    { revision: 1 },
  ])('has the same hash with %j', (more) => expect(hashOf(more)).toBe(hashOf()));
});
