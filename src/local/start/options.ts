import { ValidationError } from '../../application/errors.ts';
import { argumentsOf, wholeNumber } from '../terminal/command-line.ts';

export const HELP = `npm start -- [options]

Starts the local system: an embedded DynamoDB, both state machines, the event bus, the schedule, and a sample to look at.

  --every 10s            how often a plan cycle runs, in real time (ms, s, m)
  --no-schedule          run no cycles; start them yourself with StartExecution
  --speed N              the local clock runs N times real time (default 1; 60 for the sample)
  --scenario FILE        play this instead of the sample; its start is now. docs/scenarios.md describes the format
  --data-dir DIR         where data is kept (default .local); a second start goes on where the first stopped
  --ephemeral            keep nothing
  --aws-port N           Step Functions and EventBridge (default 4566)
  --dynamodb-port N      DynamoDB (default 8000)
  --help                 this text`;

export const SAMPLE = 'examples/renewal-season.json';
const SAMPLE_SPEED = 60;
const MAX_PORT = 65_535;
const MAX_SPEED = 100_000;
const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
const MIN_EVERY_MS = 50;

export interface StartOptions {
  readonly everyMs: number;
  readonly schedule: boolean;
  readonly speed: number;
  /** Undefined when none was named. */
  readonly scenario: string | undefined;
  /** Undefined: keep nothing. */
  readonly dataDirectory: string | undefined;
  readonly awsPort: number;
  readonly dynamoDbPort: number;
}

const duration = (text: string): number => {
  const [, amount, unit = ''] = /^(\d+)(ms|s|m)$/.exec(text) ?? [];
  const milliseconds = Number(amount) * (UNITS_MS[unit] ?? 0);
  if (milliseconds >= MIN_EVERY_MS) return milliseconds;
  throw new ValidationError(
    `--every: ${JSON.stringify(text)} is no duration of at least ${MIN_EVERY_MS}ms, such as 10s`,
  );
};

/** What the command line asks for; undefined when it asks for help. Throws ValidationError. */
export const startOptions = (args?: string[]): StartOptions | undefined => {
  const { values, positionals } = argumentsOf(
    {
      every: { type: 'string', default: '10s' },
      'no-schedule': { type: 'boolean', default: false },
      speed: { type: 'string' },
      scenario: { type: 'string' },
      'data-dir': { type: 'string', default: '.local' },
      ephemeral: { type: 'boolean', default: false },
      'aws-port': { type: 'string', default: '4566' },
      'dynamodb-port': { type: 'string', default: '8000' },
      help: { type: 'boolean', default: false },
    },
    args,
  );
  if (values.help) return undefined;
  if (positionals.length > 0)
    throw new ValidationError(`unexpected ${JSON.stringify(positionals[0])}; see --help`);
  const { scenario } = values;
  const port = (name: 'aws-port' | 'dynamodb-port') =>
    wholeNumber(name, values[name], { from: 1, to: MAX_PORT });
  const defaultSpeed = scenario === undefined || scenario === SAMPLE ? SAMPLE_SPEED : 1;
  return {
    everyMs: duration(values.every),
    schedule: !values['no-schedule'],
    speed:
      values.speed === undefined
        ? defaultSpeed
        : wholeNumber('speed', values.speed, { from: 1, to: MAX_SPEED }),
    scenario,
    dataDirectory: values.ephemeral ? undefined : values['data-dir'],
    awsPort: port('aws-port'),
    dynamoDbPort: port('dynamodb-port'),
  };
};
