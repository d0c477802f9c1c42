import { recordFailure } from '../../src/application/record-outcome.ts';
import { recordFailureInput } from '../../src/contracts/execute-action.ts';
import { task } from '../../src/runtime/task.ts';

/** State RecordFailure of execute-action: the same for a tool call that ended in an error. */
export const handler = task({
  input: recordFailureInput,
  environment: ['EXECUTION_ATTEMPTS_TABLE_NAME', 'EXECUTION_OUTCOMES_TABLE_NAME'],
  deps: ({ clock, executions }) => ({ clock, executions }),
  run: recordFailure,
});
