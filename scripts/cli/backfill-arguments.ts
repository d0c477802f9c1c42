import { complaints } from '../../src/contracts/complaints.ts';
import { type PlanCycleInput, planCycleInput } from '../../src/contracts/plan-cycle.ts';
import { dateTimeOf, identifierOf } from './option-values.ts';
import { UsageError } from './run-tool.ts';
import { LOCAL_STAGE } from './stage-name.ts';
import { toolArguments } from './tool-arguments.ts';

export const BACKFILL_USAGE = `npm run backfill -- --tenant T … | --plan ID … [options]

Runs a plan cycle for some tenants or plans now, and lists what it did to each plan.

  --tenant T    only this tenant; may be repeated
  --plan ID     only this plan; may be repeated
  --as-of ISO   the instant to judge by, instead of now; a future one needs --dry-run or --force
  --force       look at plans that are not due, too
  --dry-run     say what would be done and write nothing
  --stage S     the stage to work on (default ${LOCAL_STAGE}: what npm start runs)
  --json        one JSON document instead of text

Exit codes: 0 done, 1 something failed, 2 bad input, 130 interrupted while waiting (the cycle goes on)`;

const OPTIONS = {
  tenant: { type: 'string', multiple: true },
  plan: { type: 'string', multiple: true },
  'as-of': { type: 'string' },
  force: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  stage: { type: 'string', default: LOCAL_STAGE },
  json: { type: 'boolean' },
} as const;

export interface BackfillRequest {
  readonly stage: string;
  /** Exactly the fields that were asked for. */
  readonly input: PlanCycleInput;
}

const parsed = (args: string[]) => toolArguments(OPTIONS, args);

const inputOf = ({ tenant, plan, ...values }: ReturnType<typeof parsed>['values']): PlanCycleInput => ({
  ...(tenant && { tenant_ids: tenant.map((id) => identifierOf('--tenant', id)) }),
  ...(plan && { plan_ids: plan.map((id) => identifierOf('--plan', id)) }),
  ...(values['as-of'] !== undefined && { as_of: dateTimeOf('--as-of', values['as-of']) }),
  ...(values['dry-run'] && { dry_run: true }),
  ...(values.force && { force: true }),
});

/**
 * What the command line of `backfill` asks for.
 *
 * @throws UsageError naming what does not fit.
 */
export const backfillRequest = (args: string[]): BackfillRequest => {
  const { values, positionals } = parsed(args);
  if (positionals.length > 0) throw new UsageError(`unexpected ${JSON.stringify(positionals[0])}`);
  const input = inputOf(values);
  if (!input.tenant_ids && !input.plan_ids) throw new UsageError('at least one --tenant or --plan is needed');
  const checked = planCycleInput.safeParse(input);
  if (!checked.success) throw new UsageError(complaints(checked.error, input));
  return { stage: values.stage, input };
};
