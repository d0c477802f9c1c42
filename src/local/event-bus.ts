import type { PutEventsCommandInput, PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import type { Clock } from '../application/clock.ts';
import type { RuleDefinition } from './service/service-definition.ts';

type Entry = NonNullable<PutEventsCommandInput['Entries']>[number];

export interface LocalBusOptions {
  readonly busName: string;
  readonly rules: readonly RuleDefinition[];
  readonly clock: Clock;
  readonly region: string;
  newId(): string;
  /** Hands an event, as JSON text, to a rule's target. */
  deliver(targetLogicalId: string, event: string): Promise<void>;
}

const matches = (
  pattern: Readonly<Record<string, readonly string[]>>,
  event: Readonly<Record<string, unknown>>,
): boolean => Object.entries(pattern).every(([field, values]) => values.includes(String(event[field])));

/** The service's event bus in this process: it follows the rules of the service file and delivers at once. */
export const createLocalBus = (options: LocalBusOptions) => {
  const { busName, rules, clock, region, newId, deliver } = options;
  const units = { putEvents: 0 };

  const envelope = ({ Source = '', DetailType = '', Detail = '{}' }: Entry, id: string) => ({
    version: '0',
    id,
    'detail-type': DetailType,
    source: Source,
    account: '000000000000',
    time: clock.now().toISOString(),
    region,
    resources: [],
    detail: JSON.parse(Detail),
  });

  const put = async (
    entry: Entry,
  ): Promise<{ EventId: string } | { ErrorCode: string; ErrorMessage: string }> => {
    units.putEvents += 1;
    const name = entry.EventBusName?.split('/').at(-1);
    if (name !== busName)
      return { ErrorCode: 'ResourceNotFoundException', ErrorMessage: `no event bus ${name}` };
    const event = envelope(entry, newId());
    const targets = rules.filter(({ pattern }) => matches(pattern, event)).flatMap((rule) => rule.targets);
    for (const target of targets) await deliver(target, JSON.stringify(event));
    return { EventId: event.id };
  };

  const putEvents = async ({ Entries = [] }: PutEventsCommandInput): Promise<PutEventsCommandOutput> => {
    const results = await Promise.all(Entries.map(put));
    const FailedEntryCount = results.filter((result) => 'ErrorCode' in result).length;
    return { FailedEntryCount, Entries: results, $metadata: {} };
  };

  return { units, putEvents };
};

export type LocalBus = ReturnType<typeof createLocalBus>;
