import * as z from 'zod';
import { budgetLimits } from '../../src/domain/autonomy/budget.ts';
import type { ConfigValue } from '../../src/domain/autonomy/config-change.ts';
import { killSwitch } from '../../src/domain/autonomy/kill-switch.ts';
import { oneLine } from './one-line.ts';

const listText = (types: readonly string[]): string => (types.length === 0 ? 'none' : types.join(', '));

const budgetText = ({ max_autonomous_per_day, max_per_action_type = {} }: z.infer<typeof budgetLimits>) =>
  [
    `${max_autonomous_per_day} a day`,
    ...Object.entries(max_per_action_type).map(([type, cap]) => `${type} ${cap}`),
  ].join(', ');

const switchText = ({ stopped, disabled_action_types: types }: z.infer<typeof killSwitch>): string => {
  const ofTypes = types.length === 0 ? [] : [`stops ${types.join(', ')}`];
  return [...(stopped ? ['stops everything'] : []), ...ofTypes].join(', ') || 'stops nothing';
};

/** Each kind of value has fields of its own. */
const SHAPES = z.union([
  z.strictObject({ mode: z.string() }).transform(({ mode }) => mode),
  z
    .strictObject({ action_types: z.array(z.string()) })
    .transform(({ action_types }) => listText(action_types)),
  budgetLimits.transform(budgetText),
  killSwitch.transform(switchText),
]);

/** What a row of the configuration says, for people; "-" without a row, and as JSON what makes no sense. */
export const valueText = (value: ConfigValue | null | undefined): string => {
  if (!value) return '-';
  const { data } = SHAPES.safeParse(value);
  return oneLine(data ?? JSON.stringify(value));
};
