export const AUTONOMY_MODES = ['DISABLED', 'PROPOSE_ONLY', 'APPROVAL_REQUIRED', 'AUTO_EXECUTE'] as const;
export type AutonomyMode = (typeof AUTONOMY_MODES)[number];

/** Where a mode may be configured, the most specific first: the first row that is there decides. */
export const MODE_LEVELS = ['account_type', 'tenant_type', 'account_default', 'tenant_default'] as const;
export type ModeLevel = (typeof MODE_LEVELS)[number];

/** The modes that are configured for an account and an action type. */
export type ConfiguredModes = { readonly [level in ModeLevel]?: AutonomyMode | undefined };

export interface ModeRow {
  readonly level: ModeLevel;
  readonly mode: AutonomyMode;
}

export interface EffectiveMode {
  readonly mode: AutonomyMode;
  /** Undefined when nothing is configured, so that a person is asked. */
  readonly decided_by: ModeRow | undefined;
  /** Rows that are there and count for nothing. */
  readonly overrode: readonly ModeRow[];
}

/** The mode in force, and which of the rows decided. */
export const effectiveMode = (modes: ConfiguredModes): EffectiveMode => {
  const rows = MODE_LEVELS.flatMap((level): ModeRow[] => {
    const mode = modes[level];
    return mode === undefined ? [] : [{ level, mode }];
  });
  const [decided_by, ...overrode] = rows;
  return { mode: decided_by?.mode ?? 'APPROVAL_REQUIRED', decided_by, overrode };
};
