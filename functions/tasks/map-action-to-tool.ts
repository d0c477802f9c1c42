import { mapActionToTool } from '../../src/application/map-action-to-tool.ts';
import { mapActionToToolInput } from '../../src/contracts/execute-action.ts';
import { task } from '../../src/runtime/task.ts';

/** State MapActionToTool of execute-action: which tool is called, and with what. */
export const handler = task({
  input: mapActionToToolInput,
  errorsAreRecorded: true,
  environment: ['ACTION_INTENT_TABLE_NAME', 'ACTION_TYPE_REGISTRY_TABLE_NAME'],
  deps: ({ intents, registry }) => ({ intents, registry }),
  run: mapActionToTool,
});
