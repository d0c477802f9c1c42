import { recordFailure } from '../../src/application/record-outcome.ts';
import { recordFailureInput } from '../../src/contracts/execute-action.ts';
import { task } from '../../src/runtime/task.ts';

/** State RecordFailure of execute-action: the same for an execution in which a state ended in an error. */
export const handler = task({
  input: recordFailureInput,
  environment: [
    'EXECUTION_ATTEMPTS_TABLE_NAME',
    'EXECUTION_OUTCOMES_TABLE_NAME',
    'LEDGER_TABLE_NAME',
    'SIGNALS_TABLE_NAME',
    'EXTERNAL_WRITE_DEDUPE_TABLE_NAME',
  ],
  deps: ({ clock, executions, metrics, idempotency }) => ({ clock, executions, metrics, idempotency }),
  run: recordFailure,
});
