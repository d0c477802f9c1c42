import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { secondsAfter } from '../../../src/domain/identifiers.ts';
import {
  type Admittance,
  admit,
  CONNECTOR_LIMITS,
  type ConnectorState,
  leave,
} from '../../../src/domain/resilience/connector-state.ts';
import { START } from '../../support/plan-fixtures.ts';

const LIMITS = { ...CONNECTOR_LIMITS, slots: 3, failures_to_open: 2 };
const LEASES = ['a', 'b', 'c', 'd', 'e', 'f'];

/** A call that comes, or one that goes, or dies without a word. */
const events = fc.array(
  fc.record({
    lease_id: fc.constantFrom(...LEASES),
    kind: fc.constantFrom('ENTER', 'ENTER', 'LEAVE_WELL', 'LEAVE_ILL'),
    /** Seconds since the event before. */
    pause: fc.oneof(fc.constant(0), fc.nat(5), fc.nat(70)),
  }),
  { maxLength: 60 },
);

interface Moment {
  readonly now: string;
  readonly before: ConnectorState | undefined;
  readonly after: ConnectorState | undefined;
  /** Undefined when somebody leaves. */
  readonly entered: Admittance | undefined;
  /** The end of the lease of each probe that has not left, by lease. */
  readonly probes: ReadonlyMap<string, string>;
}

const live = (state: ConnectorState | undefined, now: string): string[] =>
  Object.entries(state?.slots ?? {}).flatMap(([lease, until]) => (until > now ? [lease] : []));

/** Runs `check` at each moment of many random histories. */
const always = (check: (moment: Moment) => void): void =>
  fc.assert(
    fc.property(events, (history) => {
      let state: ConnectorState | undefined;
      let seconds = 0;
      const probes = new Map<string, string>();
      for (const { lease_id, kind, pause } of history) {
        seconds += pause;
        const now = secondsAfter(START, seconds);
        const before = state;
        const entered = kind === 'ENTER' ? admit(before, { lease_id, now }, LIMITS) : undefined;
        if (entered?.admitted) {
          state = entered.state;
          if (state.circuit === 'HALF_OPEN') probes.set(lease_id, secondsAfter(now, LIMITS.lease_seconds));
        }
        if (!entered && before) {
          state = leave(before, { lease_id, now, healthy: kind === 'LEAVE_WELL' }, LIMITS);
          probes.delete(lease_id);
        }
        check({ now, before, after: state, entered, probes });
      }
    }),
    { numRuns: 500 },
  );

describe('a connector, whoever comes, goes and dies', () => {
  it('never has more live slots than its limit', () => {
    always(({ after, now }) => expect(live(after, now).length).toBeLessThanOrEqual(LIMITS.slots));
  });

  it('has at most one live probe', () => {
    always(({ probes, now }) => {
      expect([...probes.values()].filter((until) => until > now).length).toBeLessThanOrEqual(1);
    });
  });

  it('lets a call in while its circuit is closed and a slot is free', () => {
    always(({ before, now, entered }) => {
      const isFree = live(before, now).length < LIMITS.slots;
      if (entered && isFree && (before?.circuit ?? 'CLOSED') === 'CLOSED')
        expect(entered.admitted).toBe(true);
    });
  });

  it('lets a call in when every lease and every pause is over, whoever died', () => {
    always(({ after, now }) => {
      const later = secondsAfter(now, LIMITS.lease_seconds);
      const result = admit(after, { lease_id: 'new', now: later }, LIMITS);
      expect(result.admitted && Object.keys(result.state.slots)).toEqual(['new']);
    });
  });

  it('tells a call that it keeps out to come back later, and no later than a lease takes', () => {
    always(({ entered, now }) => {
      if (!entered || entered.admitted) return;
      expect(entered.retry_at > now).toBe(true);
      expect(entered.retry_at <= secondsAfter(now, LIMITS.lease_seconds)).toBe(true);
    });
  });

  it('counts its changes one by one', () => {
    always(({ before, after }) => {
      if (after && after !== before) expect(after.version).toBe((before?.version ?? 0) + 1);
    });
  });
});
