import {
  autonomySk,
  BUDGET_CONFIG_SK,
  KILL_SWITCH_SK,
  scopePk,
  tenantPk,
} from '../../../src/adapters/dynamodb/keys.ts';
import { TENANTS } from './new-plans.ts';
import type { ScheduledChange } from './random-schedule.ts';
import type { Rig } from './rig.ts';
import type { WatchedKey } from './watched-plan.ts';

const TYPE = 'PREP_RENEWAL_BRIEF';

/** Writes what may run by itself for a plan's tenant or account. */
export const changePolicy = (
  { raw, names }: Pick<Rig, 'raw' | 'names'>,
  key: WatchedKey,
  { do: what, budget }: Pick<ScheduledChange, 'do' | 'budget'>,
): Promise<void> => {
  switch (what) {
    case 'STOP':
    case 'GO': {
      const row = { pk: tenantPk(key.tenant_id), sk: KILL_SWITCH_SK, stopped: what === 'STOP' };
      return raw.put({ [names.KILL_SWITCHES_TABLE_NAME]: [row] });
    }
    case 'DISABLE':
    case 'ENABLE': {
      const mode = what === 'DISABLE' ? 'DISABLED' : 'AUTO_EXECUTE';
      const row = { pk: scopePk(key), sk: autonomySk(TYPE), mode };
      return raw.put({ [names.AUTONOMY_CONFIG_TABLE_NAME]: [row] });
    }
    case 'BUDGET': {
      const row = { pk: scopePk(key), sk: BUDGET_CONFIG_SK, max_autonomous_per_day: budget };
      return raw.put({ [names.AUTONOMY_BUDGET_STATE_TABLE_NAME]: [row] });
    }
  }
};

/** Turns everything on again that the changes of a schedule may have turned off. */
export const allowAgain = async (
  { raw, names }: Pick<Rig, 'raw' | 'names'>,
  keys: readonly WatchedKey[],
): Promise<void> => {
  await raw.remove({
    [names.KILL_SWITCHES_TABLE_NAME]: TENANTS.map((tenant) => ({ pk: tenantPk(tenant), sk: KILL_SWITCH_SK })),
    [names.AUTONOMY_CONFIG_TABLE_NAME]: [...new Set(keys.map(scopePk))].map((pk) => ({
      ...{ pk, sk: autonomySk(TYPE) },
    })),
  });
};
