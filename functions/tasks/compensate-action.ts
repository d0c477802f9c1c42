import { compensateAction } from '../../src/application/compensate-action.ts';
import { compensateActionInput } from '../../src/contracts/execute-action.ts';
import { task } from '../../src/runtime/task.ts';

/** State CompensateAction of execute-action: undoes what a tool did before it failed. */
export const handler = task({
  input: compensateActionInput,
  errorsAreRecorded: true,
  environment: ['GATEWAY_URL', 'GATEWAY_TOKEN_URL', 'GATEWAY_CLIENT_SECRET_ID'],
  deps: ({ tools }) => ({ tools }),
  run: compensateAction,
});
