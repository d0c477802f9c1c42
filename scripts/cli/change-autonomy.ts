import {
  type ChangeConfigurationDeps,
  type ConfigChanged,
  type ConfigRefusal,
  changeConfiguration,
} from '../../src/application/change-configuration.ts';
import { rowName } from '../../src/domain/autonomy/config-change.ts';
import type { ConfigChangeRequest } from './autonomy-arguments.ts';
import { valueText } from './config-text.ts';
import { oneLine } from './one-line.ts';
import { refused } from './refusal.ts';
import type { ToolAnswer } from './run-tool.ts';

const changedLines = ({ row, changed, version, value, old_value }: ConfigChanged, by: string): string[] =>
  changed
    ? [
        `${rowName(row)}: changed by ${by}, now version ${version}`,
        `  was  ${valueText(old_value)}`,
        `  is   ${valueText(value)}`,
      ]
    : [`${rowName(row)}: nothing to change, version ${version} says ${valueText(value)}`];

const done = (result: ConfigChanged, by: string): ToolAnswer => {
  const { ok: _ok, ...document } = result;
  const warnings = result.warnings.map((warning) => `warning: ${warning}`);
  return {
    exitCode: 0,
    document,
    text: changedLines(result, by)
      .map((line) => oneLine(line))
      .join('\n'),
    ...(warnings.length > 0 && { complaint: warnings.map((line) => oneLine(line)).join('\n') }),
  };
};

const denied = ({ ok: _ok, ...refusal }: ConfigRefusal): ToolAnswer => ({
  ...refused(refusal),
  document: { refused: refusal },
});

/** Changes the configuration, or tells why not; a refusal for want of the right version names the one there is. */
export const changeAutonomy = async (
  deps: ChangeConfigurationDeps,
  { input }: ConfigChangeRequest,
): Promise<ToolAnswer> => {
  const result = await changeConfiguration(deps, input);
  return result.ok ? done(result, input.caller.id) : denied(result);
};
