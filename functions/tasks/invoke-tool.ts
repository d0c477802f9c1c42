import { invokeTool } from '../../src/application/invoke-tool.ts';
import { invokeToolInput } from '../../src/contracts/execute-action.ts';
import { task } from '../../src/runtime/task.ts';

/** State InvokeTool of execute-action: calls the tool of the action. */
export const handler = task({
  input: invokeToolInput,
  environment: ['INTERNAL_NOTES_TABLE_NAME', 'INTERNAL_TASKS_TABLE_NAME'],
  deps: ({ tools }) => ({ tools }),
  run: invokeTool,
});
