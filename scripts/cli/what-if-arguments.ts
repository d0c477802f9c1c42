import { ValidationError } from '../../src/application/errors.ts';
import { argumentsOf, wholeNumber } from '../../src/local/terminal/command-line.ts';
import { identifierOf } from './option-values.ts';
import { UsageError } from './run-tool.ts';
import { LOCAL_STAGE } from './stage-name.ts';

const DEFAULT_DAYS = 30;
const MAX_DAYS = 3650;

export const WHAT_IF_USAGE = `npm run what-if -- --policy FILE [options]

Holds what the autonomy gate has decided against another policy: which decisions would have been others, what people made of
those actions, and what would have been spent. It changes nothing.

  --policy FILE   the candidate policy (docs/what-if.md)
  --tenant T      only this tenant; may be repeated
  --days N        whole days before today that are looked at, besides today (default ${DEFAULT_DAYS})
  --stage S       the stage to work on (default ${LOCAL_STAGE}: what npm start runs)
  --json          one JSON document instead of text

Exit codes: 0 done, 1 something does not answer or could not be read, 2 bad input`;

const OPTIONS = {
  policy: { type: 'string' },
  tenant: { type: 'string', multiple: true },
  days: { type: 'string', default: String(DEFAULT_DAYS) },
  stage: { type: 'string', default: LOCAL_STAGE },
  json: { type: 'boolean' },
} as const;

export interface WhatIfArguments {
  readonly stage: string;
  readonly policyPath: string;
  readonly tenant_ids: readonly string[];
  readonly days: number;
}

const asUsageError = <T>(parse: () => T): T => {
  try {
    return parse();
  } catch (error) {
    throw error instanceof ValidationError ? new UsageError(error.message) : error;
  }
};

/**
 * What the command line of `what-if` asks for.
 *
 * @throws UsageError naming what does not fit.
 */
export const whatIfArguments = (args: string[]): WhatIfArguments =>
  asUsageError(() => {
    const { values, positionals } = argumentsOf(OPTIONS, args);
    if (positionals.length > 0) throw new UsageError(`unexpected ${JSON.stringify(positionals[0])}`);
    if (!values.policy) throw new UsageError('--policy is missing');
    return {
      stage: values.stage,
      policyPath: values.policy,
      tenant_ids: (values.tenant ?? []).map((id) => identifierOf('--tenant', id)),
      days: wholeNumber('days', values.days, { from: 1, to: MAX_DAYS }),
    };
  });
