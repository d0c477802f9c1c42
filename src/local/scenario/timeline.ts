import type { ScenarioCommand } from './scenario.ts';

/** What may happen next in a simulation, and when; undefined for what never will. */
export interface Upcoming {
  /** Somebody sleeps until then: a tool's answer, a time-out. */
  readonly wake: string | undefined;
  readonly command: ScenarioCommand | undefined;
  /** A cycle has something to do then. */
  readonly beat: string | undefined;
  readonly until: string;
}

export type NextEvent =
  | { readonly kind: 'WAKE'; readonly at: string }
  | { readonly kind: 'COMMAND'; readonly at: string; readonly command: ScenarioCommand }
  | { readonly kind: 'CYCLE'; readonly at: string }
  | { readonly kind: 'END' };

/** The first beat of the schedule at or after an instant, given the last one; the first beat of all is the start. */
export const nextBeat = (
  lastBeat: string | undefined,
  start: string,
  notBefore: string,
  intervalMs: number,
): string => {
  const first = lastBeat === undefined ? Date.parse(start) : Date.parse(lastBeat) + intervalMs;
  const beats = Math.max(0, Math.ceil((Date.parse(notBefore) - first) / intervalMs));
  return new Date(first + beats * intervalMs).toISOString();
};

/** At the same instant, what arrives comes before what people do, and that before the cycle. */
const ORDER = { WAKE: 0, COMMAND: 1, CYCLE: 2, END: 3 } as const;

/** The next thing to happen. Beats at which nothing is due change nothing, so they are passed over. */
export const nextEvent = ({ wake, command, beat, until }: Upcoming): NextEvent => {
  const events: Exclude<NextEvent, { kind: 'END' }>[] = [
    ...(wake === undefined ? [] : [{ kind: 'WAKE' as const, at: wake }]),
    ...(command === undefined ? [] : [{ kind: 'COMMAND' as const, at: command.at, command }]),
    ...(beat === undefined ? [] : [{ kind: 'CYCLE' as const, at: beat }]),
  ];
  const [next] = events
    .filter(({ at }) => at <= until)
    .sort((a, b) => (a.at === b.at ? ORDER[a.kind] - ORDER[b.kind] : a.at < b.at ? -1 : 1));
  return next ?? { kind: 'END' };
};
