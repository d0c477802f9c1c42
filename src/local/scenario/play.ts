import { activationFacts } from '../../application/activation-facts.ts';
import { type ChangeResult, changePlan } from '../../application/change-plan.ts';
import { commandPlan, type PersonCommand } from '../../application/command-plan.ts';
import { createPlan } from '../../application/create-plan.ts';
import type { PlanKey } from '../../application/ports/plans.ts';
import { secondsAfter } from '../../domain/identifiers.ts';
import { getPlanTypeConfig } from '../../domain/plan/plan-type-config.ts';
import type { PolicyReason } from '../../domain/policy/policy-reason.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { configure } from './configure.ts';
import type { ConfigCommand, Scenario, ScenarioCommand, ScenarioPlanCommand } from './scenario.ts';

const DAY_SECONDS = 86_400;

type ScenarioPlan = Scenario['plans'][number];

/** A command that was refused, and why. */
export interface RefusedCommand {
  readonly at: string;
  readonly do: string;
  /** Absent where the command was about no plan. */
  readonly plan_id?: string;
  readonly step_id?: string;
  readonly tenant_id?: string;
  readonly account_id?: string;
  readonly by: string;
  readonly code: string;
  readonly message: string;
  readonly reasons: readonly PolicyReason[];
}

const refusalOf = (
  what: Pick<RefusedCommand, 'at' | 'do' | 'plan_id' | 'step_id' | 'by'>,
  result: ChangeResult,
): RefusedCommand[] => {
  if (result.ok) return [];
  const reasons = ('reasons' in result && result.reasons) || [];
  return [{ ...what, code: result.code, message: result.message, reasons }];
};

const defaultExpiry = (planType: string, from: string): string =>
  secondsAfter(from, (getPlanTypeConfig(planType)?.expires_at_days_from_creation ?? 0) * DAY_SECONDS);

const create = async (runtime: Runtime, plan: ScenarioPlan): Promise<ChangeResult> => {
  const { plan_status: _status, created_by: by, approved_by: _approver, expires_at, steps, ...fields } = plan;
  const now = runtime.clock.now().toISOString();
  const content = { ...fields, steps, expires_at: expires_at ?? defaultExpiry(plan.plan_type, now) };
  return createPlan(runtime, { plan: JSON.parse(JSON.stringify(content)), by, trigger: 'scenario' });
};

const activate = (runtime: Runtime, key: PlanKey): Promise<ChangeResult> =>
  changePlan(runtime.plans, {
    key,
    now: runtime.clock.now().toISOString(),
    actor: { kind: 'system', id: 'scenario' },
    command: async (plan) => ({ type: 'ACTIVATE_PLAN', facts: await activationFacts(runtime, plan) }),
  });

/**
 * Brings a plan to the status it starts in, by the commands that anybody else would have to give, so that its ledger is complete. Gives
 * back what was refused on the way.
 */
export const introducePlan = async (runtime: Runtime, plan: ScenarioPlan): Promise<RefusedCommand[]> => {
  const { plan_id, created_by, approved_by, plan_status } = plan;
  const at = runtime.clock.now().toISOString();
  const created = await create(runtime, plan);
  // One that is there already was begun by a start that crashed.
  if (!created.ok && created.code !== 'PLAN_EXISTS')
    return refusalOf({ at, do: 'create_plan', plan_id, by: created_by }, created);
  if (plan_status === 'DRAFT') return [];
  if (created.plan?.plan_status === 'DRAFT') {
    const approval = { key: plan, by: approved_by, command: { do: 'approve_plan' } } as const;
    const approved = await commandPlan(runtime, approval);
    if (!approved.ok) return refusalOf({ at, do: 'approve_plan', plan_id, by: approved_by }, approved);
  }
  if (plan_status === 'APPROVED') return [];
  return refusalOf({ at, do: 'activate_plan', plan_id, by: 'scenario' }, await activate(runtime, plan));
};

const personCommand = (command: ScenarioPlanCommand): PersonCommand => {
  const { reason } = command;
  if (command.do === 'edit_intent') {
    const { step_id, parameters, approve } = command;
    return { do: command.do, step_id, parameters, approve, reason };
  }
  if ('step_id' in command) return { do: command.do, step_id: command.step_id, reason };
  return { do: command.do, reason, ...(command.do === 'abort' && { compensate: command.compensate }) };
};

const giveConfigCommand = async (runtime: Runtime, command: ConfigCommand): Promise<RefusedCommand[]> => {
  const refused = await configure(runtime, command);
  if (!refused) return [];
  const { do: what, by, tenant_id } = command;
  const account_id = 'account_id' in command ? command.account_id : undefined;
  return [
    {
      ...{ at: runtime.clock.now().toISOString(), do: what, by },
      ...(tenant_id !== undefined && { tenant_id }),
      ...(account_id !== undefined && { account_id }),
      ...{ code: refused.code, message: refused.message, reasons: [] },
    },
  ];
};

/** Gives one command of the scenario; gives it back if it was refused. */
export const giveCommand = async (
  runtime: Runtime,
  scenario: Pick<Scenario, 'plans'>,
  command: ScenarioCommand,
): Promise<RefusedCommand[]> => {
  if (!('plan_id' in command)) return giveConfigCommand(runtime, command);
  const { plan_id, by } = command;
  const what = {
    ...{ at: runtime.clock.now().toISOString(), do: command.do, plan_id, by },
    ...('step_id' in command && { step_id: command.step_id }),
  };
  const plan = scenario.plans.find((candidate) => candidate.plan_id === plan_id);
  if (!plan) {
    const message = `the scenario has no plan ${plan_id}`;
    return [{ ...what, code: 'PLAN_NOT_FOUND', message, reasons: [] }];
  }
  return refusalOf(what, await commandPlan(runtime, { key: plan, by, command: personCommand(command) }));
};
