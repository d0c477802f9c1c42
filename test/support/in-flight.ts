import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import { newOutcome } from './outcomes.ts';
import { tell } from './plan-commits.ts';
import { newPlan, newStep, start, type Told, toStatus } from './plan-fixtures.ts';
import type { World } from './world.ts';

/** The intent of the first attempt at the first step of the plan that the fixtures make. */
export const INTENT = actionIntentId('p1', 's1', 1);

export const ONE_STEP = { steps: [newStep('s1')] };

/** Stores a plan of one step that is in flight since minute 3, and what is told of it afterwards. */
export const inFlight = (world: World, told: readonly Told[] = [], steps = ONE_STEP) =>
  tell(world.runtime.plans, [...toStatus('ACTIVE', steps), start('s1', 3), ...told]);

export const storedPlan = (world: World) => world.runtime.plans.get(newPlan());

/** Types of the newest entries of the plan's ledger. */
export const lastEvents = async (world: World, count: number): Promise<string[]> =>
  (await world.runtime.plans.ledger('p1')).slice(-count).map(({ event_type }) => event_type);

/** Lets an execution take the approved intent of the first attempt. */
export const execute = async (world: World, owner: string, now: string, deadlineAt: string) => {
  const { action_intent_id, tenant_id, account_id } = newOutcome();
  const intent = await world.runtime.intents.get({ tenant_id, account_id }, action_intent_id);
  if (!intent) throw new Error('no intent');
  return world.runtime.executions.startIfFree({ intent, owner, now, deadline_at: deadlineAt });
};
