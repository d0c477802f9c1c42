import * as z from 'zod';
import { anyInstant, identifier, jsonObject } from '../domain/identifiers.ts';
import { getPlanTypeConfig, planTypes } from '../domain/plan/plan-type-config.ts';
import { proposalEstimate } from '../domain/policy/risk.ts';
import { stepsInCycles } from '../domain/policy/step-order.ts';

/** Most bytes of a plan as JSON: it has to fit into its row and its ledger entry (400 KiB each) with room to grow. */
export const MAX_PLAN_BYTES = 200 * 1024;

const newStep = z.strictObject({
  step_id: identifier,
  action_type: z.string(),
  sequence: z.int().optional(),
  dependencies: z.array(identifier).default([]),
  constraints: jsonObject.optional(),
  ...proposalEstimate,
});

/** What somebody must say to have a plan: the same fields wherever a plan comes from. */
export const newPlanFields = {
  plan_id: identifier,
  plan_type: z.string(),
  tenant_id: identifier,
  account_id: identifier,
  objective: z.string().min(1).max(2000),
  constraints: jsonObject.optional(),
  steps: z.array(newStep).max(50),
  expires_at: anyInstant.optional(),
};

type Fields = z.infer<z.ZodObject<typeof newPlanFields>>;
type Complain = (path: PropertyKey[], message: string) => void;

const checkIds = (steps: Fields['steps'], complain: Complain): void => {
  const seen = new Set<string>();
  steps.forEach(({ step_id }, index) => {
    if (seen.has(step_id)) complain(['steps', index, 'step_id'], 'is used twice in this plan');
    seen.add(step_id);
  });
};

const checkDependencies = (steps: Fields['steps'], complain: Complain): void => {
  const known = new Set(steps.map(({ step_id }) => step_id));
  steps.forEach(({ dependencies }, index) => {
    dependencies.forEach((id, place) => {
      if (!known.has(id)) complain(['steps', index, 'dependencies', place], 'is no step of this plan');
    });
  });
  const inCycles = stepsInCycles(steps);
  steps.forEach(({ step_id }, index) => {
    if (inCycles.includes(step_id)) complain(['steps', index, 'dependencies'], 'form a cycle');
  });
};

const checkTypes = ({ plan_type, steps }: Fields, complain: Complain): void => {
  const config = getPlanTypeConfig(plan_type);
  if (!config) complain(['plan_type'], `is no plan type; there is ${planTypes().join(', ')}`);
  const allowed = config?.allowed_step_action_types ?? [];
  steps.forEach(({ action_type }, index) => {
    if (!config || allowed.includes(action_type)) return;
    complain(
      ['steps', index, 'action_type'],
      `is no action type of ${plan_type}; there are ${allowed.join(', ')}`,
    );
  });
};

/** Everything about a plan that the shape of its fields cannot say. */
export const checkNewPlan = (plan: Fields, complain: Complain): void => {
  const bytes = Buffer.byteLength(JSON.stringify(plan));
  if (bytes > MAX_PLAN_BYTES) complain([], `has ${bytes} bytes; a plan may have ${MAX_PLAN_BYTES}`);
  checkIds(plan.steps, complain);
  checkDependencies(plan.steps, complain);
  checkTypes(plan, complain);
};
