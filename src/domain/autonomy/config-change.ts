import * as z from 'zod';
import { identifier, type JsonValue } from '../identifiers.ts';
import { canonicalJson } from '../ledger/canonical-json.ts';
import { AUTONOMY_MODES } from './autonomy-mode.ts';
import { budgetLimits } from './budget.ts';
import { killSwitch, OPEN_SWITCH, UNREADABLE_SWITCH } from './kill-switch.ts';

/** Most action types that one row names. */
export const MAX_ACTION_TYPES = 100;
/** A reason stands in the ledger, and in the row of a kill switch. */
export const MAX_REASON_CHARACTERS = 2000;

/** Stands for every action type that has no mode of its own, so that no type may be called so. */
export const DEFAULT_TYPE = 'DEFAULT';

const actionType = identifier.refine((type) => type !== DEFAULT_TYPE, {
  error: `is a reserved name: leave the action type out to configure the default`,
});
const actionTypes = z
  .array(actionType)
  .max(MAX_ACTION_TYPES, { error: `has more than ${MAX_ACTION_TYPES} action types` });

/** Without an account it is the tenant's own. A tenant that is named must be the caller's. */
const place = { tenant_id: identifier.optional(), account_id: identifier.optional() };

const limits = budgetLimits.extend({
  max_per_action_type: z
    .record(actionType, budgetLimits.shape.max_autonomous_per_day)
    .refine((caps) => Object.keys(caps).length <= MAX_ACTION_TYPES, {
      error: `has more than ${MAX_ACTION_TYPES} action types`,
    })
    .optional(),
});

const turn = z.strictObject({
  kind: z.literal('KILL_SWITCH'),
  turn: z.enum(['STOP', 'START']),
  /** ALL: the one switch that stops every tenant. */
  scope: z.enum(['ALL', 'TENANT']),
  tenant_id: identifier.optional(),
  /** Of the tenant; absent: everything. */
  action_types: actionTypes.min(1, { error: 'names no action type' }).optional(),
});

/** What may be changed of a configuration, and to what. */
export const configChange = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('MODE'),
    ...place,
    /** Absent: the default of all types that have no mode of their own. */
    action_type: actionType.optional(),
    mode: z.enum(AUTONOMY_MODES),
  }),
  z.strictObject({ kind: z.literal('ALLOWLIST'), ...place, action_types: actionTypes }),
  z.strictObject({ kind: z.literal('BUDGET'), ...place, limits: z.strictObject(limits.shape) }),
  turn
    .refine(({ scope, action_types }) => scope === 'TENANT' || action_types === undefined, {
      path: ['action_types'],
      error: 'the switch of all tenants knows no action types',
    })
    .refine(({ scope, tenant_id }) => scope === 'TENANT' || tenant_id === undefined, {
      path: ['tenant_id'],
      error: 'the switch of all tenants is of no tenant',
    }),
]);
export type ConfigChange = z.infer<typeof configChange>;
export type ConfigKind = ConfigChange['kind'];

/** Why something is changed; blank is no reason. */
export const changeReason = z
  .string()
  .trim()
  .min(1, { error: 'must say why' })
  .max(MAX_REASON_CHARACTERS, { error: `has more than ${MAX_REASON_CHARACTERS} characters` });

/** Which row of the configuration. */
export interface ConfigRow {
  readonly kind: ConfigKind;
  /** Absent: the kill switch of all tenants. */
  readonly tenant_id?: string | undefined;
  /** Absent: of the whole tenant. */
  readonly account_id?: string | undefined;
  /** Of a mode; absent: the default. */
  readonly action_type?: string | undefined;
}

/** What a row says, without who wrote it and when. */
export type ConfigValue = { readonly [field: string]: JsonValue };

/** A row as it stands. */
export interface StandingConfig {
  readonly row: ConfigRow;
  /** How often it was changed; 0 when there is none, or when it was written by other means. */
  readonly version: number;
  /** Undefined when there is no row. */
  readonly value: ConfigValue | undefined;
  /** Who changed it last, when and why, as far as the row tells. */
  readonly changed?: {
    readonly by?: string | undefined;
    readonly at?: string | undefined;
    readonly reason?: string | undefined;
  };
}

/** The row that a change is of, for the caller's tenant. */
export const rowOf = (change: ConfigChange, tenant_id: string | undefined): ConfigRow => {
  const { kind } = change;
  if (kind === 'KILL_SWITCH') return change.scope === 'ALL' ? { kind } : { kind, tenant_id };
  const { account_id } = change;
  return {
    ...{ kind, tenant_id },
    ...(account_id !== undefined && { account_id }),
    ...(kind === 'MODE' && change.action_type !== undefined && { action_type: change.action_type }),
  };
};

const sorted = (types: Iterable<string>): string[] => [...new Set(types)].sort();

const switchOf = (value: ConfigValue | undefined) =>
  value === undefined ? OPEN_SWITCH : (killSwitch.safeParse(value).data ?? UNREADABLE_SWITCH);

const turned = (
  change: Extract<ConfigChange, { kind: 'KILL_SWITCH' }>,
  standing: ConfigValue | undefined,
): ConfigValue => {
  const { stopped, disabled_action_types: types } = switchOf(standing);
  const { action_types, turn: to } = change;
  if (!action_types) return { stopped: to === 'STOP', disabled_action_types: sorted(types) };
  const left = types.filter((type) => !action_types.includes(type));
  return { stopped, disabled_action_types: sorted(to === 'STOP' ? [...left, ...action_types] : left) };
};

/** What the row says once the change is made. A switch keeps what the change does not name. */
export const valueAfter = (change: ConfigChange, standing: ConfigValue | undefined): ConfigValue => {
  switch (change.kind) {
    case 'MODE':
      return { mode: change.mode };
    case 'ALLOWLIST':
      return { action_types: sorted(change.action_types) };
    case 'BUDGET': {
      const { max_autonomous_per_day, max_per_action_type } = change.limits;
      return { max_autonomous_per_day, ...(max_per_action_type && { max_per_action_type }) };
    }
    case 'KILL_SWITCH':
      return turned(change, standing);
  }
};

const typeList = z.array(z.string());

/** The value with its action types in the order in which they are written; what cannot be read stays as it is. */
const normal = (kind: ConfigKind, value: ConfigValue): unknown => {
  const field = kind === 'KILL_SWITCH' ? 'disabled_action_types' : 'action_types';
  const { data: types } = typeList.safeParse(value[field] ?? []);
  return types && (kind === 'KILL_SWITCH' || kind === 'ALLOWLIST')
    ? { ...value, [field]: sorted(types) }
    : value;
};

/** Whether a row says already what it is to say. */
export const saysAlready = ({ row, value }: StandingConfig, wanted: ConfigValue): boolean =>
  value !== undefined && canonicalJson(normal(row.kind, value)) === canonicalJson(wanted);

/** The action types that a change names. */
export const typesNamedBy = (change: ConfigChange): readonly string[] => {
  switch (change.kind) {
    case 'MODE':
      return change.action_type === undefined ? [] : [change.action_type];
    case 'BUDGET':
      return Object.keys(change.limits.max_per_action_type ?? {});
    default:
      return change.action_types ?? [];
  }
};

/** Whether a change may be made without saying which version was seen: an emergency must not fail on a race. */
export const needsNoVersion = (change: ConfigChange): boolean =>
  change.kind === 'KILL_SWITCH' && change.turn === 'STOP';

/** A row's name for people. */
export const rowName = ({ kind, tenant_id, account_id, action_type }: ConfigRow): string => {
  if (tenant_id === undefined) return 'kill switch of all tenants';
  const of =
    account_id === undefined ? `tenant ${tenant_id}` : `account ${account_id} of tenant ${tenant_id}`;
  const what = kind.toLowerCase().replace('_', ' ');
  return `${what} of ${of}${kind === 'MODE' ? `, ${action_type ?? 'default'}` : ''}`;
};
