import { closeCycle } from '../../src/application/close-cycle.ts';
import { closeCycleInput } from '../../src/contracts/plan-cycle.ts';
import { task } from '../../src/runtime/task.ts';

/** State CloseCycle of plan-cycle: adds up, and gives the lease back. */
export const handler = task({
  input: closeCycleInput,
  environment: ['CYCLE_LEASE_TABLE_NAME'],
  deps: ({ lease, log }) => ({ lease, log }),
  run: closeCycle,
});
