import { recordOutcome } from '../../src/application/record-outcome.ts';
import { recordOutcomeInput } from '../../src/contracts/execute-action.ts';
import { task } from '../../src/runtime/task.ts';

/** State RecordOutcome of execute-action: how the execution ended, once. */
export const handler = task({
  input: recordOutcomeInput,
  errorsAreRecorded: true,
  environment: [
    'EXECUTION_ATTEMPTS_TABLE_NAME',
    'EXECUTION_OUTCOMES_TABLE_NAME',
    'LEDGER_TABLE_NAME',
    'SIGNALS_TABLE_NAME',
  ],
  deps: ({ clock, executions, metrics }) => ({ clock, executions, metrics }),
  run: recordOutcome,
});
