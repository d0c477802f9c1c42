import * as z from 'zod';
import { earliest, instant, secondsAfter } from '../identifiers.ts';

/** The circuit and the slots of one connector for one tenant. */
export const connectorState = z.object({
  /** Grows by one with every change. */
  version: z.int().positive(),
  circuit: z.enum(['CLOSED', 'OPEN', 'HALF_OPEN']),
  /** Unhealthy calls since the window began. */
  failures: z.int().nonnegative(),
  window_started_at: instant,
  open_until: instant.optional(),
  /** The one call that finds out whether the system is well again. */
  probe_lease: z.object({ lease_id: z.string(), expires_at: instant }).optional(),
  /** When each running call counts as dead, by its lease. */
  slots: z.record(z.string(), instant),
});
export type ConnectorState = z.infer<typeof connectorState>;

export interface ConnectorLimits {
  /** So many unhealthy calls in a row within the window open the circuit. */
  readonly failures_to_open: number;
  readonly failure_window_seconds: number;
  /** For how long an open circuit lets nobody in. */
  readonly open_seconds: number;
  readonly slots: number;
  /** From then on a call that has not left counts as dead. */
  readonly lease_seconds: number;
}

export const CONNECTOR_LIMITS: ConnectorLimits = {
  failures_to_open: 5,
  failure_window_seconds: 60,
  open_seconds: 30,
  slots: 20,
  lease_seconds: 60,
};

export type Admittance =
  | { readonly admitted: true; readonly state: ConnectorState }
  | { readonly admitted: false; readonly reason: 'CIRCUIT_OPEN' | 'BUSY'; readonly retry_at: string };

export interface Entrant {
  readonly lease_id: string;
  readonly now: string;
}

const untouched = (now: string): Omit<ConnectorState, 'version'> => ({
  circuit: 'CLOSED',
  failures: 0,
  window_started_at: now,
  slots: {},
});

const liveSlots = (slots: ConnectorState['slots'], now: string): ConnectorState['slots'] =>
  Object.fromEntries(Object.entries(slots).filter(([, expires_at]) => expires_at > now));

/** Until when the circuit keeps a call out: the end of its pause, or that of somebody else's probe. */
const keptOutUntil = (state: ConnectorState, { lease_id, now }: Entrant): string | undefined => {
  const { circuit, open_until, probe_lease } = state;
  if (circuit === 'CLOSED') return undefined;
  const until =
    circuit === 'OPEN' ? open_until : probe_lease?.lease_id !== lease_id && probe_lease?.expires_at;
  return until && until > now ? until : undefined;
};

/**
 * Lets a call in, unless the circuit is open or all slots are taken. After the pause of an open circuit one call at a time is let
 * in as a probe. Who is in already is let in again under the same lease.
 */
export const admit = (
  state: ConnectorState | undefined,
  entrant: Entrant,
  limits: ConnectorLimits = CONNECTOR_LIMITS,
): Admittance => {
  const { lease_id, now } = entrant;
  const before: ConnectorState = state ?? { version: 0, ...untouched(now) };
  const closedUntil = keptOutUntil(before, entrant);
  if (closedUntil !== undefined) return { admitted: false, reason: 'CIRCUIT_OPEN', retry_at: closedUntil };

  const { [lease_id]: _own, ...others } = liveSlots(before.slots, now);
  const firstFree = earliest(...Object.values(others));
  if (firstFree !== undefined && Object.keys(others).length >= limits.slots)
    return { admitted: false, reason: 'BUSY', retry_at: firstFree };

  const expires_at = secondsAfter(now, limits.lease_seconds);
  const after = { ...before, version: before.version + 1, slots: { ...others, [lease_id]: expires_at } };
  return {
    admitted: true,
    state:
      before.circuit === 'CLOSED'
        ? after
        : { ...after, circuit: 'HALF_OPEN', probe_lease: { lease_id, expires_at } },
  };
};

const opened = (state: ConnectorState, now: string, limits: ConnectorLimits): ConnectorState => {
  const { probe_lease: _probe, ...rest } = state;
  return { ...rest, circuit: 'OPEN', failures: 0, open_until: secondsAfter(now, limits.open_seconds) };
};

const closed = ({ version, slots }: ConnectorState, now: string): ConnectorState => ({
  ...untouched(now),
  version,
  slots,
});

const failed = (state: ConnectorState, now: string, limits: ConnectorLimits): ConnectorState => {
  const windowEnd = secondsAfter(state.window_started_at, limits.failure_window_seconds);
  const isFirst = state.failures === 0 || windowEnd <= now;
  const failures = isFirst ? 1 : state.failures + 1;
  const counted = { ...state, failures, window_started_at: isFirst ? now : state.window_started_at };
  return failures >= limits.failures_to_open ? opened(counted, now, limits) : counted;
};

/**
 * Ends a call: frees its slot, and counts whether the system answered as a healthy one does. While the circuit is not closed only
 * the probe's answer counts. A call that holds no slot, because it has left already, changes nothing.
 */
export const leave = (
  state: ConnectorState,
  { lease_id, now, healthy }: Entrant & { readonly healthy: boolean },
  limits: ConnectorLimits = CONNECTOR_LIMITS,
): ConnectorState => {
  if (!Object.hasOwn(state.slots, lease_id)) return state;
  const { [lease_id]: _own, ...others } = state.slots;
  const left = { ...state, version: state.version + 1, slots: liveSlots(others, now) };
  if (state.circuit === 'CLOSED') return healthy ? closed(left, now) : failed(left, now, limits);
  if (state.probe_lease?.lease_id !== lease_id) return left;
  return healthy ? closed(left, now) : opened(left, now, limits);
};
