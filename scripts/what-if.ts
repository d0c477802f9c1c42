import { whatIf } from '../src/application/what-if.ts';
import { openStores } from './cli/open-stores.ts';
import { readPolicy } from './cli/read-policy.ts';
import { runTool } from './cli/run-tool.ts';
import { say } from './cli/waiting.ts';
import { WHAT_IF_USAGE, whatIfArguments } from './cli/what-if-arguments.ts';
import { whatIfAnswer } from './cli/what-if-report.ts';

const PROGRESS_EVERY_MS = 2_000;

/** Tells now and then how far it has come. */
const readingProgress = (): ((plans: number) => void) => {
  let toldAt = performance.now();
  return (plans) => {
    if (performance.now() - toldAt < PROGRESS_EVERY_MS) return;
    toldAt = performance.now();
    say(`read ${plans} plans`);
  };
};

await runTool(WHAT_IF_USAGE, async (args) => {
  const { stage, policyPath, ...request } = whatIfArguments(args);
  const policy = readPolicy(policyPath);
  // Days are those of the stage's clock, so that it has to answer although nothing is changed.
  const { clock, plans, tenants } = await openStores(stage, { changes: true });
  const report = await whatIf({ clock, plans, tenants, onRead: readingProgress() }, { ...request, policy });
  return whatIfAnswer(policy, report);
});
