import { describe, expect, it } from '@jest/globals';
import { secondsAfter } from '../../../src/domain/identifiers.ts';
import {
  admit,
  CONNECTOR_LIMITS,
  type ConnectorState,
  leave,
} from '../../../src/domain/resilience/connector-state.ts';
import { START } from '../../support/plan-fixtures.ts';

const at = (seconds: number) => secondsAfter(START, seconds);
const LIMITS = { ...CONNECTOR_LIMITS, slots: 2 };

const tryIn = (state: ConnectorState | undefined, lease_id: string, seconds = 0) =>
  admit(state, { lease_id, now: at(seconds) }, LIMITS);
const enter = (state: ConnectorState | undefined, lease_id: string, seconds = 0): ConnectorState => {
  const result = tryIn(state, lease_id, seconds);
  if (!result.admitted) throw new Error(`${lease_id} was kept out: ${result.reason}`);
  return result.state;
};
const exit = (state: ConnectorState, lease_id: string, seconds: number, healthy = true) =>
  leave(state, { lease_id, now: at(seconds), healthy }, LIMITS);
const call = (state: ConnectorState | undefined, seconds: number, healthy: boolean) =>
  exit(enter(state, `call-${seconds}`, seconds), `call-${seconds}`, seconds, healthy);
const failing = (...seconds: number[]): ConnectorState => {
  const [first = 0, ...others] = seconds;
  return others.reduce((state, second) => call(state, second, false), call(undefined, first, false));
};
const OPEN = failing(0, 1, 2, 3, 4);

describe('the slots of a connector', () => {
  it('are taken one by one and kept for the time of a lease', () => {
    const state = enter(enter(undefined, 'a'), 'b', 1);
    expect(state).toMatchObject({ version: 2, circuit: 'CLOSED', slots: { a: at(60), b: at(61) } });
  });

  it('keep a call out when all are taken, until the first of their leases ends', () => {
    const full = enter(enter(undefined, 'b', 1), 'a', 0);
    expect(tryIn(full, 'c', 2)).toEqual({ admitted: false, reason: 'BUSY', retry_at: at(60) });
  });

  it('are free again when a call leaves', () => {
    const state = exit(enter(enter(undefined, 'a'), 'b'), 'a', 1);
    expect(Object.keys(enter(state, 'c', 2).slots).sort()).toEqual(['b', 'c']);
  });

  it('are free again when a lease ends, and not before', () => {
    const full = enter(enter(undefined, 'a'), 'b');
    expect(tryIn(full, 'c', 59).admitted).toBe(false);
    expect(Object.keys(enter(full, 'c', 60).slots)).toEqual(['c']);
  });

  it('let in again who is in already, in the same slot', () => {
    const full = enter(enter(undefined, 'a'), 'b');
    expect(enter(full, 'a', 5).slots).toEqual({ a: at(65), b: at(60) });
  });

  it('are 20 for 60 seconds each unless told otherwise', () => {
    expect(CONNECTOR_LIMITS).toMatchObject({ slots: 20, lease_seconds: 60 });
    const standard = admit(undefined, { lease_id: 'a', now: START });
    expect(standard).toMatchObject({ admitted: true, state: { slots: { a: at(60) } } });
    expect(
      standard.admitted && leave(standard.state, { lease_id: 'a', now: START, healthy: true }).slots,
    ).toEqual({});
  });
});

describe('the circuit of a connector', () => {
  it('opens at the fifth unhealthy call within a minute, for half a minute', () => {
    expect(failing(0, 1, 2, 3)).toMatchObject({ circuit: 'CLOSED', failures: 4 });
    expect(OPEN).toMatchObject({ circuit: 'OPEN', open_until: at(34), slots: {} });
    expect(tryIn(OPEN, 'x', 33)).toEqual({ admitted: false, reason: 'CIRCUIT_OPEN', retry_at: at(34) });
  });

  it('begins to count anew a minute after the first unhealthy call', () => {
    expect(failing(0, 1, 2, 3, 59).circuit).toBe('OPEN');
    expect(failing(0, 1, 2, 3, 60)).toMatchObject({ failures: 1, window_started_at: at(60) });
  });

  it('counts from the first unhealthy call, not from the first call', () => {
    expect(call(call(undefined, 0, true), 50, false)).toMatchObject({
      failures: 1,
      window_started_at: at(50),
    });
  });

  it('forgets what went wrong at a healthy call', () => {
    expect(call(failing(0, 1, 2, 3), 4, true)).toMatchObject({ circuit: 'CLOSED', failures: 0 });
  });

  it('lets one call in as a probe when its pause is over', () => {
    const probing = enter(OPEN, 'probe', 34);
    expect(probing).toMatchObject({
      circuit: 'HALF_OPEN',
      probe_lease: { lease_id: 'probe', expires_at: at(94) },
    });
    expect(tryIn(probing, 'x', 40)).toEqual({ admitted: false, reason: 'CIRCUIT_OPEN', retry_at: at(94) });
    expect(enter(probing, 'probe', 40).probe_lease).toEqual({ lease_id: 'probe', expires_at: at(100) });
  });

  it('closes when the probe is healthy', () => {
    const closed = exit(enter(OPEN, 'probe', 34), 'probe', 35);
    expect(closed).toEqual({
      version: 12,
      circuit: 'CLOSED',
      failures: 0,
      window_started_at: at(35),
      slots: {},
    });
  });

  it('opens again when the probe is not', () => {
    const open = exit(enter(OPEN, 'probe', 34), 'probe', 35, false);
    expect(open).toMatchObject({ circuit: 'OPEN', open_until: at(65) });
    expect(open).not.toHaveProperty('probe_lease');
  });

  it('lets another probe in when the lease of the first one ends', () => {
    const probing = enter(OPEN, 'probe', 34);
    expect(tryIn(probing, 'second', 93).admitted).toBe(false);
    const second = enter(probing, 'second', 94);
    expect(second).toMatchObject({ circuit: 'HALF_OPEN', probe_lease: { lease_id: 'second' } });
    expect(exit(second, 'probe', 95)).toBe(second);
  });

  it.each([true, false])('stays open whatever a call brings that began before (healthy: %s)', (healthy) => {
    const late = enter(undefined, 'late');
    const open = [1, 2, 3, 4, 5].reduce((state, second) => call(state, second, false), late);
    const left = exit(open, 'late', 6, healthy);
    expect(left).toEqual({ ...open, version: open.version + 1, slots: {} });
  });

  it.each([true, false])(
    'stays half open whatever a call brings that is not the probe (healthy: %s)',
    (healthy) => {
      const late = enter(undefined, 'late');
      const open = [1, 2, 3, 4, 5].reduce((state, second) => call(state, second, false), late);
      const probing = enter(open, 'probe', 35);
      expect(exit(probing, 'late', 36, healthy)).toMatchObject({
        circuit: 'HALF_OPEN',
        probe_lease: { lease_id: 'probe' },
      });
    },
  );

  it('keeps the probe out while calls from before hold all slots', () => {
    const full = enter(enter(undefined, 'a'), 'b');
    const open = { ...full, circuit: 'OPEN' as const, open_until: at(30) };
    expect(tryIn(open, 'probe', 31)).toEqual({ admitted: false, reason: 'BUSY', retry_at: at(60) });
  });

  it('is not held open by a state that does not say until when', () => {
    const { open_until: _until, ...open } = OPEN;
    expect(enter(open, 'probe', 5).circuit).toBe('HALF_OPEN');
    expect(enter({ ...open, circuit: 'HALF_OPEN' }, 'probe', 5).probe_lease?.lease_id).toBe('probe');
  });
});

describe('leaving', () => {
  it('changes nothing the second time, so that no failure is counted twice', () => {
    const left = failing(0);
    expect(exit(left, 'call-0', 1, false)).toBe(left);
  });

  it('takes slots away whose leases have ended', () => {
    const state = enter(enter(undefined, 'a'), 'b', 30);
    expect(exit(state, 'b', 61).slots).toEqual({});
  });
});
