import * as z from 'zod';
import type { Clock } from '../../src/application/clock.ts';
import type { Scope } from '../../src/application/ports/scope.ts';
import { CLOCK_PATH } from '../../src/local/clock/clock-path.ts';
import { TOKEN_PATH } from '../../src/local/http-api/local-tokens.ts';
import type { Environment } from '../../src/runtime/environment.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { localClock } from '../cli/local-clock.ts';
import { localEndpoints } from '../cli/local-endpoints.ts';
import { type InvokeFunction, openLambda } from '../cli/open-lambda.ts';
import { openMachines } from '../cli/open-machines.ts';
import { openTables, type StageTables } from '../cli/open-tables.ts';
import { findMachine } from '../cli/plan-cycle-execution.ts';
import { LOCAL_STAGE } from '../cli/stage-name.ts';

/** How often a stage is looked at, and how long it may take to come to rest after it looks finished, in milliseconds. */
const PACE = {
  local: { everyMs: 100, quietMs: 300 },
  deployed: { everyMs: 1_000, quietMs: 5_000 },
};

/** A stage as the checks reach it: its tables, its bus (as `stores.events`) and its plan cycle. */
export interface CheckedStage extends StageTables, Readonly<(typeof PACE)['local']> {
  readonly machines: Awaited<ReturnType<typeof openMachines>>['client'];
  readonly planCycleArn: string;
  readonly invoke: InvokeFunction;
  /** What the HTTP API says of an action's status; undefined where a stage has no API. */
  status(scope: Scope, actionIntentId: string): Promise<string | undefined>;
  /** The stage's time, which stands still from then on. */
  time(): Promise<Clock>;
}

const facts = z.object({ api_url: z.url() });
const granted = z.object({ access_token: z.string() });
const answered = z.object({ status: z.string() });

const json = async (url: URL, headers: Record<string, string> = {}): Promise<unknown> =>
  (await fetch(url, { headers })).json();

/** Asks the API of the local system, which says where that is, as somebody of the action's tenant. */
const statusAt =
  (endpoint: string): CheckedStage['status'] =>
  async ({ tenant_id, account_id }, actionIntentId) => {
    const { api_url } = facts.parse(await json(new URL(CLOCK_PATH, endpoint)));
    const query = new URLSearchParams({ tenant_id, sub: 'e2e' });
    const { access_token } = granted.parse(await json(new URL(`${TOKEN_PATH}?${query}`, api_url)));
    const path = `/executions/${actionIntentId}/status?account_id=${account_id}`;
    const answer = await json(new URL(path, api_url), { authorization: `Bearer ${access_token}` });
    return answered.parse(answer).status;
  };

/**
 * @throws DynamoDbUnavailableError, LocalSystemUnavailableError naming the endpoint of a local system that does not answer.
 * @throws ConfigurationError when the stage has no plan cycle.
 */
export const openStage = async (stage: string, environment: Environment): Promise<CheckedStage> => {
  const tables = await openTables(stage, environment);
  const { client: machines, planCycleName } = await openMachines(stage, environment);
  const isLocal = stage === LOCAL_STAGE;
  const { stepFunctions } = localEndpoints(environment);
  return {
    ...{ ...tables, ...(isLocal ? PACE.local : PACE.deployed), machines },
    planCycleArn: await findMachine(machines, planCycleName),
    invoke: openLambda(stage, environment),
    status: isLocal ? statusAt(stepFunctions) : async () => undefined,
    time: async () => (isLocal ? localClock(stepFunctions) : systemClock),
  };
};
