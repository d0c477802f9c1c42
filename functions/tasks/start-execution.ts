import { startExecution } from '../../src/application/start-execution.ts';
import { startExecutionInput } from '../../src/contracts/execute-action.ts';
import { task } from '../../src/runtime/task.ts';

/** State StartExecution of execute-action: takes the intent, so that nobody else runs it. */
export const handler = task({
  input: startExecutionInput,
  environment: ['ACTION_INTENT_TABLE_NAME', 'EXECUTION_ATTEMPTS_TABLE_NAME', 'LEDGER_TABLE_NAME'],
  deps: ({ clock, intents, executions }) => ({ clock, intents, executions }),
  run: startExecution,
});
