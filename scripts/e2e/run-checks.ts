import { oneLine } from '../cli/one-line.ts';
import type { CheckName } from './arguments.ts';
import { CHECKS } from './checks.ts';
import { cleanUp } from './clean-up.ts';
import type { CheckedStage } from './open-stage.ts';
import { newSubject } from './subject.ts';
import type { Watch } from './watch.ts';

/** What came of one check. */
export interface CheckResult {
  readonly check: CheckName;
  readonly ok: boolean;
  /** The tenant that it was made for, by which its ledgers can be found. */
  readonly tenant_id: string;
  readonly seconds: number;
  /** Why it failed. */
  readonly reason?: string;
}

const reasonOf = ({ name, message }: Error): string =>
  oneLine(name === 'CheckFailedError' ? message : `${name}: ${message}`);

/** Why the work failed; undefined when it did not. */
const failureOf = (work: Promise<void>): Promise<string | undefined> => work.then(() => undefined, reasonOf);

/** How checks wait, and whom they tell what for. */
type Waiting = Pick<Watch, 'signal' | 'say'>;

const runCheck = async (stage: CheckedStage, check: CheckName, waiting: Waiting): Promise<CheckResult> => {
  const key = newSubject();
  const began = performance.now();
  const watch = { name: check, everyMs: stage.everyMs, ...waiting };
  const failed = await failureOf(CHECKS[check](stage, watch, key));
  const left = await failureOf(cleanUp(stage, key));
  const reason = failed ?? (left && `not cleaned up: ${left}`);
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  const { tenant_id } = key;
  return { check, ok: reason === undefined, tenant_id, seconds, ...(reason !== undefined && { reason }) };
};

/** Runs checks one after the other, up to the first that fails; each cleans up after itself. */
export const runChecks = async (
  stage: CheckedStage,
  checks: readonly CheckName[],
  { onResult, ...waiting }: Waiting & { onResult(result: CheckResult): void },
): Promise<CheckResult[]> => {
  const results: CheckResult[] = [];
  for (const check of checks) {
    const result = await runCheck(stage, check, waiting);
    results.push(result);
    onResult(result);
    if (!result.ok) break;
  }
  return results;
};
