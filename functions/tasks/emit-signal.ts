import { emitSignal } from '../../src/application/emit-signal.ts';
import { emitSignalInput } from '../../src/contracts/execute-action.ts';
import { task } from '../../src/runtime/task.ts';

/** State EmitSignal of execute-action: tells the bus of the outcome. */
export const handler = task({
  input: emitSignalInput,
  environment: ['EVENT_BUS_NAME'],
  deps: ({ events }) => ({ events }),
  run: emitSignal,
});
