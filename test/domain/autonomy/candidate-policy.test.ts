import { describe, expect, it } from '@jest/globals';
import { SETTINGS_IN_FORCE } from '../../../src/domain/autonomy/approval-gate.ts';
import {
  type CandidatePolicy,
  candidateOf,
  candidatePolicy,
} from '../../../src/domain/autonomy/candidate-policy.ts';

const BRIEF = 'PREP_RENEWAL_BRIEF';
const PLACE = { tenant_id: 'acme', account_id: 'a1' };
const parsed = (value: object): CandidatePolicy => candidatePolicy.parse({ autonomy: [], ...value });
const problems = (value: object): string[] =>
  candidatePolicy
    .safeParse({ autonomy: [], ...value })
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('a candidate policy', () => {
  it('has rows as scenarios have them', () => {
    expect(parsed({ autonomy: [{ tenant_id: 'acme' }] }).autonomy).toEqual([
      { tenant_id: 'acme', allowlist: [], modes: {} },
    ]);
  });

  it.each<[object, RegExp]>([
    [{ autonomy: [{ tenant_id: 'acme', colour: 1 }] }, /^autonomy\.0: Unrecognized key/],
    [{ threshold: 1 }, /^: Unrecognized key/],
    [{ min_confidence: 2 }, /^min_confidence: /],
    [{ risk_needs_a_person: 'SOME' }, /^risk_needs_a_person: /],
    [{ risk_tiers: { [BRIEF]: 'low' } }, /^risk_tiers\.PREP_RENEWAL_BRIEF: /],
    [{ autonomy: [{ tenant_id: 'acme', modes: { [BRIEF]: 'ON' } }] }, /^autonomy\.0\.modes\./],
    [{ autonomy: [{ tenant_id: 'acme', budget: { max: 1 } }] }, /^autonomy\.0\.budget\./],
    [{ autonomy: [{ tenant_id: 'acme' }, { tenant_id: 'acme' }] }, /^autonomy\.1: is used twice$/],
  ])('%j is refused', (value, expected) => expect(problems(value)[0]).toMatch(expected));

  it('decides by the settings in force, unless it says otherwise', () => {
    const { settings } = candidateOf(parsed({}));
    expect({ ...settings, tierOf: null }).toEqual({ ...SETTINGS_IN_FORCE, tierOf: null });
    expect([BRIEF, 'ANYTHING', 'constructor'].map(settings.tierOf)).toEqual(['LOW', 'HIGH', 'HIGH']);
    const other = { min_confidence: 0.5, risk_needs_a_person: 'HIGH', risk_tiers: { ANYTHING: 'MINIMAL' } };
    const { settings: ofOther } = candidateOf(parsed(other));
    expect(ofOther).toMatchObject({ min_confidence: 0.5, risk_needs_a_person: 'HIGH' });
    expect([BRIEF, 'ANYTHING'].map(ofOther.tierOf)).toEqual(['LOW', 'MINIMAL']);
  });

  it('says of an action what account and tenant say of it', () => {
    const { configured, limits } = candidateOf(
      parsed({
        autonomy: [
          {
            ...{ tenant_id: 'acme', allowlist: ['X'], modes: { DEFAULT: 'AUTO_EXECUTE', X: 'DISABLED' } },
            budget: { max_autonomous_per_day: 9 },
          },
          { ...PLACE, allowlist: [BRIEF], modes: { DEFAULT: 'PROPOSE_ONLY' } },
        ],
      }),
    );
    expect(configured(PLACE, 'X')).toEqual({
      allowlists: { account: [BRIEF], tenant: ['X'] },
      modes: {
        ...{ account_type: undefined, tenant_type: 'DISABLED' },
        ...{ account_default: 'PROPOSE_ONLY', tenant_default: 'AUTO_EXECUTE' },
      },
    });
    expect(limits(PLACE)).toEqual({ account: undefined, tenant: { max_autonomous_per_day: 9 } });
  });

  it('says nothing of an account and a tenant that it does not name', () => {
    const { configured, limits } = candidateOf(parsed({}));
    expect(configured(PLACE, BRIEF)).toEqual({
      allowlists: { account: undefined, tenant: undefined },
      modes: {},
    });
    expect(limits(PLACE)).toEqual({ account: undefined, tenant: undefined });
  });
});
