import { exceedsPayloadLimit, toJson } from '../payload.ts';
import { StateError } from '../state-error.ts';
import type { Frame } from './runtime.ts';

/**
 * JSON text of what a state gets or gives. Throws States.DataLimitExceeded when it is over the quota; only a Retry or a
 * Catch that names this error stops it, `States.ALL` does not.
 */
export function jsonWithinLimit(frame: Frame, value: unknown): string {
  const json = toJson(value);
  if (exceedsPayloadLimit(json)) throw dataLimitExceeded(frame);
  return json;
}

function dataLimitExceeded({ visit, execution }: Frame): StateError {
  const place = visit ? `state/task '${visit.state.name}'` : `execution '${execution.record.name}'`;
  return new StateError(
    'States.DataLimitExceeded',
    `The ${place} returned a result with a size exceeding the maximum number of bytes service limit.`,
    {
      isRetryable: visit?.state.retriesDataLimit ?? false,
      isCatchable: visit?.state.catchesDataLimit ?? false,
    },
  );
}
