import type { Clock } from '../../src/application/clock.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { localClock } from '../cli/local-clock.ts';
import { localEndpoints } from '../cli/local-endpoints.ts';
import { openMachines } from '../cli/open-machines.ts';
import { openTables, type StageTables } from '../cli/open-tables.ts';
import { findMachine } from '../cli/plan-cycle-execution.ts';
import { LOCAL_STAGE } from '../cli/stage-service.ts';

/** How often a stage is looked at, and how long it may take to come to rest after it looks finished, in milliseconds. */
const PACE = {
  local: { everyMs: 100, quietMs: 300 },
  deployed: { everyMs: 1_000, quietMs: 5_000 },
};

/** A stage as the checks reach it: its tables, its bus (as `stores.events`) and its plan cycle. */
export interface CheckedStage extends StageTables, Readonly<(typeof PACE)['local']> {
  readonly machines: Awaited<ReturnType<typeof openMachines>>['client'];
  readonly planCycleArn: string;
  /** The stage's time, which stands still from then on. */
  time(): Promise<Clock>;
}

/**
 * @throws DynamoDbUnavailableError, LocalSystemUnavailableError naming the endpoint of a local system that does not answer.
 * @throws ConfigurationError when the stage has no plan cycle.
 */
export const openStage = async (stage: string): Promise<CheckedStage> => {
  const tables = await openTables(stage);
  const { client: machines, planCycleName } = await openMachines(stage);
  const isLocal = stage === LOCAL_STAGE;
  const { stepFunctions } = localEndpoints(process.env);
  return {
    ...{ ...tables, ...(isLocal ? PACE.local : PACE.deployed), machines },
    planCycleArn: await findMachine(machines, planCycleName),
    time: async () => (isLocal ? localClock(stepFunctions) : systemClock),
  };
};
