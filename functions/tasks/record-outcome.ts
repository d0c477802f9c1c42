import { recordOutcome } from '../../src/application/record-outcome.ts';
import { recordOutcomeInput } from '../../src/contracts/execute-action.ts';
import { task } from '../../src/runtime/task.ts';

/** State RecordOutcome of execute-action: writes how the tool call ended, once. */
export const handler = task({
  input: recordOutcomeInput,
  environment: ['EXECUTION_ATTEMPTS_TABLE_NAME', 'EXECUTION_OUTCOMES_TABLE_NAME'],
  deps: ({ clock, executions }) => ({ clock, executions }),
  run: recordOutcome,
});
