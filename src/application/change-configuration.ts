import * as z from 'zod';
import { complaints } from '../contracts/complaints.ts';
import {
  type ConfigChange,
  type ConfigRow,
  type ConfigValue,
  changeReason,
  configChange,
  needsNoVersion,
  rowName,
  rowOf,
  type StandingConfig,
  saysAlready,
  typesNamedBy,
  valueAfter,
} from '../domain/autonomy/config-change.ts';
import type { Clock } from './clock.ts';
import { TransientError, ValidationError } from './errors.ts';
import type { ActionTypeRegistry, AutonomyConfigStore, TenantStore } from './ports/configuration.ts';

export interface ChangeConfigurationDeps {
  readonly clock: Clock;
  readonly configs: AutonomyConfigStore;
  readonly tenants: TenantStore;
  readonly registry: ActionTypeRegistry;
}

/** Who asks, as the token or the shell says; nothing of it is ever taken from the change. */
export interface ConfigCaller {
  readonly id: string;
  /** Undefined: an operator of the whole system, who has no tenant to configure. */
  readonly tenant_id: string | undefined;
  /** May turn the kill switch of all tenants. */
  readonly may_stop_all?: boolean | undefined;
}

export interface ChangeConfigurationInput {
  readonly caller: ConfigCaller;
  readonly change: ConfigChange;
  /** The version that the caller has seen; 0: no row yet, or one that was written by other means. */
  readonly if_match?: number | undefined;
  /** Required where a kill switch is turned. */
  readonly reason?: string | undefined;
}

export const CONFIG_REFUSALS = [
  'OTHER_TENANT',
  'NO_TENANT',
  'UNKNOWN_TENANT',
  'MAY_NOT_STOP_ALL',
  'IF_MATCH_REQUIRED',
  'VERSION_CONFLICT',
] as const;

export interface ConfigRefusal {
  readonly ok: false;
  readonly code: (typeof CONFIG_REFUSALS)[number];
  readonly message: string;
  /** What there is, where the version was missing or is not that of the row any more; the value is null without a row. */
  readonly version?: number;
  readonly value?: ConfigValue | null;
}

export interface ConfigChanged {
  readonly ok: true;
  readonly row: ConfigRow;
  /** False: the row said so already, and nothing was written. */
  readonly changed: boolean;
  /** Of the row as it stands now. */
  readonly version: number;
  readonly value: ConfigValue;
  /** What it said before; null when there was no row. */
  readonly old_value: ConfigValue | null;
  /** What may not be as it was meant. */
  readonly warnings: readonly string[];
}

export type ConfigResult = ConfigChanged | ConfigRefusal;

/** How often a writer that lost reads again before it gives up for now. */
const MAX_TRIES = 10;

const request = z.object({
  change: configChange,
  if_match: z.int().nonnegative().optional(),
  reason: changeReason.optional(),
});
type Request = z.infer<typeof request>;

const requestOf = ({ change, if_match, reason }: ChangeConfigurationInput): Request => {
  const given = { change, if_match, reason };
  const { data, error } = request.safeParse(given);
  if (error) throw new ValidationError(complaints(error, given));
  if (data.change.kind === 'KILL_SWITCH' && data.reason === undefined)
    throw new ValidationError('reason: undefined: must say why a kill switch is turned');
  return data;
};

const refusal = (code: ConfigRefusal['code'], message: string, standing?: StandingConfig): ConfigRefusal => ({
  ...{ ok: false, code, message },
  ...(standing && { version: standing.version, value: standing.value ?? null }),
});

/** Whether the caller may change anything there; a tenant that nobody knows would be stopped, or let go, in vain. */
const forbidden = async (
  tenants: TenantStore,
  { id, tenant_id, may_stop_all }: ConfigCaller,
  change: ConfigChange,
): Promise<ConfigRefusal | undefined> => {
  if (change.kind === 'KILL_SWITCH' && change.scope === 'ALL')
    return may_stop_all
      ? undefined
      : refusal('MAY_NOT_STOP_ALL', `${id} may not turn the kill switch of all tenants`);
  if (tenant_id === undefined) return refusal('NO_TENANT', `${id} belongs to no tenant`);
  if (change.tenant_id !== undefined && change.tenant_id !== tenant_id)
    return refusal('OTHER_TENANT', `${id} belongs to tenant ${tenant_id}, not to ${change.tenant_id}`);
  if (await tenants.get(tenant_id)) return undefined;
  return refusal('UNKNOWN_TENANT', `there is no tenant ${tenant_id}`);
};

const standingText = ({ version, value }: StandingConfig): string =>
  value === undefined ? 'there is no row yet (version 0)' : `version ${version} is ${JSON.stringify(value)}`;

/** Undefined when the write was lost to another one and the row has to be read again. */
const tryOnce = async (
  configs: AutonomyConfigStore,
  { change, if_match, reason }: Request,
  row: ConfigRow,
  { by, at }: { readonly by: string; readonly at: string },
): Promise<Omit<ConfigChanged, 'warnings'> | ConfigRefusal | undefined> => {
  const [standing] = (await configs.read([row])) as [StandingConfig];
  const seen = `${rowName(row)}: ${standingText(standing)}`;
  if (if_match === undefined && !needsNoVersion(change))
    return refusal('IF_MATCH_REQUIRED', `say which version was seen; ${seen}`, standing);
  const value = valueAfter(change, standing.value);
  const old_value = standing.value ?? null;
  const { version } = standing;
  if (saysAlready(standing, value)) return { ok: true, row, changed: false, version, value, old_value };
  if (if_match !== undefined && if_match !== version)
    return refusal('VERSION_CONFLICT', `version ${if_match} is not what there is; ${seen}`, standing);
  const { written } = await configs.writeIfUnchanged(standing, { value, by, at, reason });
  return written ? { ok: true, row, changed: true, version: version + 1, value, old_value } : undefined;
};

const write = async (
  { configs, clock }: ChangeConfigurationDeps,
  wanted: Request,
  row: ConfigRow,
  by: string,
): Promise<Omit<ConfigChanged, 'warnings'> | ConfigRefusal> => {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const result = await tryOnce(configs, wanted, row, { by, at: clock.now().toISOString() });
    if (result) return result;
  }
  throw new TransientError(`${rowName(row)} was changed by others ${MAX_TRIES} times in a row`);
};

/** Types that have no entry in the registry; a misspelt one stops, and allows, nothing. */
const warningsOf = async (
  registry: ActionTypeRegistry,
  tenantId: string | undefined,
  change: ConfigChange,
): Promise<string[]> => {
  if (tenantId === undefined) return [];
  const unknown = async (type: string) =>
    (await registry.latest(tenantId, type)) === undefined ? [`action type ${type} is not registered`] : [];
  try {
    return (await Promise.all(typesNamedBy(change).map(unknown))).flat();
  } catch (error) {
    return [`whether the action types are registered could not be told: ${(error as Error).message}`];
  }
};

/**
 * Changes one row of the configuration, with its entry in the ledger in the same transaction. The row is the caller's own tenant's, and is
 * written only at the version that the caller has seen; a value that stands already is not written again, so that asking twice does no
 * harm. A kill switch may be thrown without a version: it is then thrown against whatever stands.
 *
 * @throws ValidationError naming field and value of what does not fit.
 * @throws TransientError when others kept changing the row.
 */
export const changeConfiguration = async (
  deps: ChangeConfigurationDeps,
  input: ChangeConfigurationInput,
): Promise<ConfigResult> => {
  const wanted = requestOf(input);
  const { caller } = input;
  const refused = await forbidden(deps.tenants, caller, wanted.change);
  if (refused) return refused;
  const row = rowOf(wanted.change, caller.tenant_id);
  const result = await write(deps, wanted, row, caller.id);
  if (!result.ok) return result;
  return { ...result, warnings: await warningsOf(deps.registry, row.tenant_id, wanted.change) };
};
