import type { ExecutionState } from '../contracts/execute-action.ts';
import type { ActionIntent } from '../domain/intent/action-intent.ts';
import type { Clock } from './clock.ts';
import { KillSwitchEnabledError, StoredRowInvalidError, ValidationError } from './errors.ts';
import { requireIntent } from './intent-in-flight.ts';
import type { KillSwitchStore, TenantStore } from './ports/configuration.ts';
import type { IntentStore } from './ports/executions.ts';

export interface PreflightDeps {
  readonly clock: Clock;
  readonly intents: IntentStore;
  readonly tenants: TenantStore;
  readonly killSwitches: KillSwitchStore;
}

const completeIntent = async (intents: IntentStore, execution: ExecutionState): Promise<ActionIntent> => {
  try {
    return await requireIntent(intents, execution, execution.action_intent_id);
  } catch (error) {
    if (!(error instanceof StoredRowInvalidError)) throw error;
    throw new ValidationError(error.message, { error_code: 'INTENT_INCOMPLETE', cause: error });
  }
};

const requireOpen = ({ action_intent_id, status, expires_at }: ActionIntent, now: string): void => {
  if (status !== 'APPROVED') {
    throw new ValidationError(`action intent ${action_intent_id} is ${status}, not APPROVED`, {
      error_code: 'INTENT_NOT_APPROVED',
    });
  }
  if (expires_at <= now) {
    throw new ValidationError(`action intent ${action_intent_id} has lapsed at ${expires_at}`, {
      error_code: 'INTENT_EXPIRED',
    });
  }
};

const requireActiveTenant = async (tenants: TenantStore, tenantId: string): Promise<void> => {
  const tenant = await tenants.get(tenantId);
  if (tenant?.status === 'active') return;
  throw new ValidationError(`tenant ${tenantId} is ${tenant?.status ?? 'unknown'}, not active`, {
    error_code: 'TENANT_NOT_ACTIVE',
  });
};

/**
 * The intent of an execution, if its action may be carried out now: approved, not lapsed, of an active tenant, and stopped by no kill
 * switch. Switches that cannot be read stop everything.
 *
 * @throws ValidationError with code INTENT_INCOMPLETE, INTENT_NOT_APPROVED, INTENT_EXPIRED or TENANT_NOT_ACTIVE.
 * @throws KillSwitchEnabledError naming the switch.
 * @throws IntentNotFoundError when the intent is gone.
 */
export const requireRunnable = async (
  { clock, intents, tenants, killSwitches }: PreflightDeps,
  execution: ExecutionState,
): Promise<ActionIntent> => {
  const { tenant_id, action_type } = execution;
  const [intent, switches] = await Promise.all([
    completeIntent(intents, execution),
    killSwitches.check(tenant_id, action_type),
    requireActiveTenant(tenants, tenant_id),
  ]);
  requireOpen(intent, clock.now().toISOString());
  if (switches.stopped_by !== undefined)
    throw new KillSwitchEnabledError(`${switches.stopped_by} stops ${action_type}`);
  return intent;
};

/** State ValidatePreflight: whether the action may be carried out now; see `requireRunnable` for what it throws. */
export const validatePreflight = async (
  deps: PreflightDeps,
  { execution }: { readonly execution: ExecutionState },
): Promise<{ readonly valid: true }> => {
  await requireRunnable(deps, execution);
  return { valid: true };
};
