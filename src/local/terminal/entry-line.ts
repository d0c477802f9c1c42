import type { LedgerEntry } from '../../domain/ledger/plan-ledger.ts';

const DETAILS = [
  ...['attempt', 'source', 'completion_reason', 'reason', 'outcome', 'note'],
  ...['compensate', 'result', 'error'],
] as const;

const reasonsOf = (data: Record<string, unknown>): string[] =>
  Array.isArray(data.reasons)
    ? data.reasons.map(({ code, subject }) => [code, subject].filter(Boolean).join(' '))
    : [];

/** What an entry of a ledger says, in one short line without its instant. */
export const entryLine = ({ event_type, actor, data }: LedgerEntry): string => {
  const facts = data as Record<string, unknown>;
  const details = DETAILS.flatMap((name) => (facts[name] === undefined ? [] : [`${name} ${facts[name]}`]));
  const step = facts.step_id === undefined ? [] : [String(facts.step_id)];
  const by = actor.kind === 'human' ? [`by ${actor.id}`] : [];
  return [event_type, ...step, ...[...details, ...reasonsOf(facts), ...by].map((text) => `· ${text}`)].join(
    ' ',
  );
};
