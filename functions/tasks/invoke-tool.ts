import { invokeTool } from '../../src/application/invoke-tool.ts';
import { invokeToolInput } from '../../src/contracts/execute-action.ts';
import { task } from '../../src/runtime/task.ts';

/** State InvokeTool of execute-action: the one call that has an effect on the world. */
export const handler = task({
  input: invokeToolInput,
  errorsAreRecorded: true,
  environment: [
    'ACTION_INTENT_TABLE_NAME',
    'TENANTS_TABLE_NAME',
    'KILL_SWITCHES_TABLE_NAME',
    'GATEWAY_URL',
    'GATEWAY_TOKEN_URL',
    'GATEWAY_CLIENT_SECRET_ID',
  ],
  deps: ({ clock, intents, tenants, killSwitches, tools }) => ({
    clock,
    intents,
    tenants,
    killSwitches,
    tools,
  }),
  run: invokeTool,
});
