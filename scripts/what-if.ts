import { whatIf } from '../src/application/what-if.ts';
import { openStores } from './cli/open-stores.ts';
import { readPolicy } from './cli/read-policy.ts';
import { runAsProcess } from './cli/run-as-process.ts';
import type { Shell, Tool } from './cli/run-tool.ts';
import { WHAT_IF_USAGE, whatIfArguments } from './cli/what-if-arguments.ts';
import { whatIfAnswer } from './cli/what-if-report.ts';

const PROGRESS_EVERY_MS = 2_000;

/** Tells now and then how far it has come. */
const readingProgress = (say: Shell['say']): ((plans: number) => void) => {
  let toldAt = performance.now();
  return (plans) => {
    if (performance.now() - toldAt < PROGRESS_EVERY_MS) return;
    toldAt = performance.now();
    say(`read ${plans} plans`);
  };
};

export const whatIfTool: Tool = {
  usage: WHAT_IF_USAGE,
  async run(args, { environment, say }) {
    const { stage, policyPath, ...request } = whatIfArguments(args);
    const policy = readPolicy(policyPath);
    // Days are those of the stage's clock, so that it has to answer although nothing is changed.
    const { clock, plans, tenants } = await openStores(stage, environment, { changes: true });
    const world = { clock, plans, tenants, onRead: readingProgress(say) };
    return whatIfAnswer(policy, await whatIf(world, { ...request, policy }));
  },
};

if (import.meta.main) await runAsProcess(whatIfTool);
