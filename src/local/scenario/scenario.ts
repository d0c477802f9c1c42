import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { ValidationError } from '../../application/errors.ts';
import { complaints } from '../../contracts/complaints.ts';
import { checkNewPlan, newPlanFields } from '../../contracts/new-plan.ts';
import { specialKeys } from '../../contracts/special-keys.ts';
import { AUTONOMY_MODES } from '../../domain/autonomy/autonomy-mode.ts';
import { actionType, autonomyRow } from '../../domain/autonomy/autonomy-row.ts';
import { budgetLimits } from '../../domain/autonomy/budget.ts';
import { anyInstant, identifier, jsonObject, timeZone } from '../../domain/identifiers.ts';
import { tenantPlanPolicy } from '../../domain/policy/plan-policy-gate.ts';

/** Outcomes must arrive before the InvokeTool state gives up, in minutes. */
const MAX_AFTER_MINUTES = 59;
const DEFAULT_AFTER_MINUTES = 5;

const person = z.string().min(1).max(256);
/** What people write: as much as a ledger entry bears next to everything else in it. */
const remark = z.string().max(2000);

const tenant = z.strictObject({
  tenantId: identifier,
  name: remark.optional(),
  status: z.enum(['active', 'suspended', 'deleted']).default('active'),
  /** In which its days begin; absent: UTC. */
  timezone: timeZone.optional(),
  plan_policy: tenantPlanPolicy.optional(),
});

const plan = z
  .strictObject({
    ...newPlanFields,
    plan_status: z.enum(['DRAFT', 'APPROVED', 'ACTIVE']).default('DRAFT'),
    created_by: person.default('scenario-author'),
    approved_by: person.default('scenario-approver'),
  })
  .superRefine((value, context) => {
    checkNewPlan(value, (path, message) => context.addIssue({ code: 'custom', path, message }));
  });

const outcome = z.strictObject({
  plan_id: identifier.optional(),
  step_id: identifier.optional(),
  attempt: z.int().positive().optional(),
  result: z.enum(['SUCCEEDED', 'FAILED', 'TRANSIENT_THEN_SUCCEEDED', 'LOST']),
  error_code: z.string().min(1).max(100).default('TOOL_FAILED'),
  after_minutes: z.number().min(0).lt(MAX_AFTER_MINUTES).default(DEFAULT_AFTER_MINUTES),
});
export type ScenarioOutcome = z.infer<typeof outcome>;

const onPlan = {
  at: anyInstant,
  plan_id: identifier,
  by: person.default('scenario-operator'),
  reason: remark.optional(),
};
const onConfiguration = {
  at: anyInstant,
  by: person.default('scenario-operator'),
  reason: remark.optional(),
};
const ofAccount = { tenant_id: identifier, account_id: identifier.optional() };
const configCommand = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('budget'), ...onConfiguration, ...ofAccount, ...budgetLimits.shape }),
  z.strictObject({
    do: z.literal('set_mode'),
    ...onConfiguration,
    ...ofAccount,
    /** Absent: of all types that have none of their own. */
    action_type: actionType.optional(),
    mode: z.enum(AUTONOMY_MODES),
  }),
  z.strictObject({
    do: z.literal('kill_switch'),
    ...onConfiguration,
    /** Absent: of all tenants. */
    tenant_id: identifier.optional(),
    /** Absent: of all types. */
    action_types: z.array(actionType).min(1).optional(),
    /** False releases it. */
    stopped: z.boolean().default(true),
  }),
]);
/** Changes what may run without a person. */
export type ConfigCommand = z.infer<typeof configCommand>;

const planCommand = z.discriminatedUnion('do', [
  z.strictObject({ do: z.enum(['approve_plan', 'pause', 'resume']), ...onPlan }),
  z.strictObject({
    do: z.literal('abort'),
    ...onPlan,
    /** Whether what was done is to be undone. */
    compensate: z.boolean().default(false),
  }),
  z.strictObject({
    do: z.enum(['skip_step', 'grant_attempt', 'approve_intent', 'reject_intent']),
    step_id: identifier,
    ...onPlan,
  }),
  z.strictObject({
    do: z.literal('edit_intent'),
    step_id: identifier,
    /** A value replaces its parameter, null removes it, and the others stay. */
    parameters: jsonObject,
    /** Whether what comes of it is approved in the same act. */
    approve: z.boolean().default(false),
    ...onPlan,
  }),
]);
/** What somebody does with a plan. */
export type ScenarioPlanCommand = z.infer<typeof planCommand>;

const command = z.discriminatedUnion('do', [planCommand, configCommand]);
export type ScenarioCommand = z.infer<typeof command>;

const scenarioFields = z.strictObject({
  start: anyInstant,
  until: anyInstant,
  cycle_minutes: z.number().positive().max(1440).default(15),
  max_plans_per_run: z.int().positive().max(1000).default(10),
  tenants: z.array(tenant).min(1),
  autonomy: z.array(autonomyRow).default([]),
  plans: z.array(plan).default([]),
  outcomes: z.array(outcome).default([]),
  commands: z.array(command).default([]),
});

/** A world to play: who there is, which plans, how their actions turn out, and what people do when. */
export type Scenario = z.infer<typeof scenarioFields>;
type Complain = (path: PropertyKey[], message: string) => void;

const checkUnique = (
  values: readonly string[],
  path: (index: number) => PropertyKey[],
  complain: Complain,
): void => {
  values.forEach((value, index) => {
    if (values.indexOf(value) < index) complain(path(index), 'is used twice');
  });
};

const checkScenario = (
  { start, until, tenants, plans, autonomy: rows, commands }: Scenario,
  complain: Complain,
): void => {
  if (until <= start) complain(['until'], `must be after start (${start})`);
  const ids = tenants.map(({ tenantId }) => tenantId);
  checkUnique(ids, (index) => ['tenants', index, 'tenantId'], complain);
  const planIds = plans.map(({ plan_id }) => plan_id);
  checkUnique(planIds, (index) => ['plans', index, 'plan_id'], complain);
  const scopes = rows.map(({ tenant_id, account_id = '' }) => `${tenant_id}/${account_id}`);
  checkUnique(scopes, (index) => ['autonomy', index], complain);
  const named: readonly [name: string, items: readonly { readonly tenant_id?: string | undefined }[]][] = [
    ['plans', plans],
    ['autonomy', rows],
    ['commands', commands.map((given) => ('plan_id' in given ? {} : given))],
  ];
  for (const [name, items] of named) {
    items.forEach(({ tenant_id }, index) => {
      if (tenant_id !== undefined && !ids.includes(tenant_id))
        complain([name, index, 'tenant_id'], 'is none of the tenants');
    });
  }
};

const scenario = scenarioFields.superRefine((value, context) => {
  checkScenario(value, (path, message) => context.addIssue({ code: 'custom', path, message }));
});

/**
 * The scenario that a parsed JSON value holds.
 *
 * @throws ValidationError naming the path and the value of everything that does not fit.
 */
export const parseScenario = (value: unknown): Scenario => {
  const [special] = specialKeys(value);
  if (special !== undefined) throw new ValidationError(`${special}: a key of that name is not allowed`);
  const parsed = scenario.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ValidationError(complaints(parsed.error, value));
};

const parseJson = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ValidationError(`${path}: is not JSON: ${(error as Error).message}`);
  }
};

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ValidationError(`${path}: cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
};

/** Reads a scenario file; throws ValidationError for one that cannot be read, is not JSON, or does not fit. */
export const readScenario = (path: string): Scenario => parseScenario(parseJson(readText(path), path));
