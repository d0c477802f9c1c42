import { describe, expect, it } from '@jest/globals';
import { effectiveMode, MODE_LEVELS } from '../../../src/domain/autonomy/autonomy-mode.ts';

describe('the mode in force', () => {
  it.each(MODE_LEVELS.map((level, index) => [level, MODE_LEVELS.slice(index + 1)] as const))(
    'is that of %s rather than of %j, and says so',
    (level, weaker) => {
      const modes = Object.fromEntries(weaker.map((name) => [name, 'DISABLED' as const]));
      expect(effectiveMode({ ...modes, [level]: 'AUTO_EXECUTE' })).toEqual({
        mode: 'AUTO_EXECUTE',
        decided_by: { level, mode: 'AUTO_EXECUTE' },
        overrode: weaker.map((name) => ({ level: name, mode: 'DISABLED' })),
      });
    },
  );

  it('is APPROVAL_REQUIRED where no level says anything', () => {
    expect(effectiveMode({})).toEqual({ mode: 'APPROVAL_REQUIRED', decided_by: undefined, overrode: [] });
  });
});
