import { changeConfiguration } from '../../application/change-configuration.ts';
import { type ConfigChange, rowOf } from '../../domain/autonomy/config-change.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { ConfigCommand } from './scenario.ts';

const changeOf = (command: ConfigCommand): ConfigChange => {
  switch (command.do) {
    case 'budget': {
      const { account_id, max_autonomous_per_day, max_per_action_type } = command;
      const limits = { max_autonomous_per_day, ...(max_per_action_type && { max_per_action_type }) };
      return { kind: 'BUDGET', account_id, limits };
    }
    case 'set_mode': {
      const { account_id, action_type, mode } = command;
      return { kind: 'MODE', account_id, action_type, mode };
    }
    case 'kill_switch': {
      const { tenant_id, action_types, stopped } = command;
      const scope = tenant_id === undefined ? 'ALL' : 'TENANT';
      return { kind: 'KILL_SWITCH', turn: stopped ? 'STOP' : 'START', scope, action_types };
    }
  }
};

/** Changes what may run by itself, as somebody who has just read how it stands; gives back why not when it was refused. */
export const configure = async (runtime: Runtime, command: ConfigCommand) => {
  const change = changeOf(command);
  const { tenant_id, by, reason = 'the scenario has it' } = command;
  const [standing] = await runtime.configs.read([rowOf(change, tenant_id)]);
  const caller = { id: by, tenant_id, may_stop_all: true };
  const result = await changeConfiguration(runtime, { caller, change, if_match: standing?.version, reason });
  return result.ok ? undefined : result;
};
