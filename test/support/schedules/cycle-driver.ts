import type {
  ActivatePlanOutput,
  Cycle,
  DispatchStepOutput,
  EnumeratePlansOutput,
  EnumerateTenantsOutput,
  EvaluatePlanOutput,
  OpenCycleOutput,
  PlanCycleInput,
  PlanItem,
  PlanResult,
  PlansOfTenant,
  RepairStepOutput,
  TenantResult,
} from '../../../src/contracts/plan-cycle.ts';
import type { Caught, TaskEnd } from './machine-task.ts';

/** Runs one Task of a machine, with its retries, on behalf of one actor. */
export type RunTask = (stateName: string, payload: object) => Promise<TaskEnd>;

export interface CycleEnd {
  readonly opened: boolean;
  /** Ended by CloseCycle, whatever the counts. */
  readonly closed: boolean;
}

/** What leads to PostponePlan: a Catch of one plan's Tasks, or a row that is no plan. */
class PlanFailed extends Error {
  readonly caught: Pick<Caught, 'Error'>;

  constructor(caught: Pick<Caught, 'Error'>) {
    super(caught.Error);
    this.caught = caught;
  }
}

const must = async <T>(run: RunTask, stateName: string, payload: object): Promise<T> => {
  const end = await run(stateName, payload);
  if ('result' in end) return end.result as T;
  throw new PlanFailed(end.caught);
};

interface Look {
  readonly cycle: Cycle;
  readonly plan: PlanItem;
}

const decide = (run: RunTask, { tenant_id, account_id }: PlanItem, action_intent_id: string | null) =>
  must(run, 'DecideApproval', { tenant_id, account_id, action_intent_id });

const dispatch = async (run: RunTask, look: Look, step_id: string | null): Promise<boolean> => {
  const { claimed, action_intent_id } = await must<DispatchStepOutput>(run, 'DispatchStep', {
    ...look,
    step_id,
  });
  if (claimed) await decide(run, look.plan, action_intent_id);
  return claimed;
};

type Counted = Pick<PlanResult, 'started' | 'completed' | 'expired' | 'completed_by_repair'>;

const move = async (run: RunTask, look: Look): Promise<Counted> => {
  const evaluated = await must<EvaluatePlanOutput>(run, 'EvaluatePlan', look);
  const { step_id, action_intent_id, completed, expired } = evaluated;
  const counted = { started: false, completed, expired, completed_by_repair: false };
  if (evaluated.move === 'DISPATCH') return { ...counted, started: await dispatch(run, look, step_id) };
  if (evaluated.move === 'DECIDE') await decide(run, look.plan, action_intent_id);
  if (evaluated.move !== 'REPAIR') return counted;
  const repaired = await must<RepairStepOutput>(run, 'RepairStep', { ...look, step_id });
  return { ...counted, completed_by_repair: repaired.completed };
};

const NOTHING = { started: false, completed: false, expired: false, completed_by_repair: false };

const advance = async (run: RunTask, look: Look): Promise<Partial<PlanResult>> => {
  if (look.plan.list === 'INVALID') throw new PlanFailed({ Error: look.plan.error ?? '' });
  if (look.plan.list === 'LIVE') return move(run, look);
  const activated = await must<ActivatePlanOutput>(run, 'ActivatePlan', look);
  const counted = { activated: activated.activated, expired_at_activation: activated.expired };
  return activated.advance ? { ...counted, ...(await move(run, look)) } : counted;
};

const advancePlan = async (run: RunTask, look: Look): Promise<PlanResult> => {
  const { tenant_id, plan_id } = look.plan;
  const result = {
    tenant_id,
    plan_id,
    activated: false,
    ...NOTHING,
    expired_at_activation: false,
    effects: [],
  };
  try {
    return { ...result, error: null, ...(await advance(run, look)) };
  } catch (error) {
    if (!(error instanceof PlanFailed)) throw error;
    await run('PostponePlan', { ...look, error: error.caught });
    return { ...result, error: error.message };
  }
};

const advanceTenant = async (run: RunTask, cycle: Cycle, tenant: PlansOfTenant): Promise<TenantResult> => {
  const { tenant_id } = tenant;
  const end = await run('EnumeratePlans', { cycle, tenant });
  if (!('result' in end)) return { tenant_id, plans: [], error: end.caught.Error };
  const { plans } = end.result as EnumeratePlansOutput;
  return {
    tenant_id,
    plans: await Promise.all(plans.map((plan) => advancePlan(run, { cycle, plan }))),
    error: null,
  };
};

/** Walks the states of plan-cycle; plans and tenants of a page are worked on at the same time. */
export const driveCycle = async (
  run: RunTask,
  execution_id: string,
  input: PlanCycleInput,
): Promise<CycleEnd> => {
  const begun = await run('OpenCycle', { execution_id, input });
  if (!('result' in begun)) return { opened: false, closed: false };
  const opened = begun.result as OpenCycleOutput;
  if (!opened.opened) return { opened: false, closed: true };
  const { cycle } = opened;
  let page: EnumerateTenantsOutput | undefined;
  let results: TenantResult[] = [];
  let error: string | null = null;
  do {
    const before: EnumerateTenantsOutput | undefined = page;
    const asked = { totals: before?.totals ?? null, tenants: before?.tenants ?? [], results };
    const end = await run('EnumerateTenants', { cycle, cursor: before?.cursor ?? null, ...asked });
    if (!('result' in end)) {
      error = end.caught.Error;
      break;
    }
    page = end.result as EnumerateTenantsOutput;
    results = await Promise.all(page.tenants.map((tenant) => advanceTenant(run, cycle, tenant)));
  } while (page.cursor !== null);
  const counted = { totals: page?.totals ?? null, tenants: page?.tenants ?? [], results };
  const closed = await run('CloseCycle', { cycle, ...counted, error });
  return { opened: true, closed: 'result' in closed };
};
