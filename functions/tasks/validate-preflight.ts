import { validatePreflight } from '../../src/application/validate-preflight.ts';
import { validatePreflightInput } from '../../src/contracts/execute-action.ts';
import { task } from '../../src/runtime/task.ts';

/** State ValidatePreflight of execute-action: whether the action may be carried out now. */
export const handler = task({
  input: validatePreflightInput,
  errorsAreRecorded: true,
  environment: ['ACTION_INTENT_TABLE_NAME', 'TENANTS_TABLE_NAME', 'KILL_SWITCHES_TABLE_NAME'],
  deps: ({ clock, intents, tenants, killSwitches }) => ({ clock, intents, tenants, killSwitches }),
  run: validatePreflight,
});
