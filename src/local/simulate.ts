import { ValidationError } from '../application/errors.ts';
import { reportText } from './scenario/report-text.ts';
import { readScenario } from './scenario/scenario.ts';
import { argumentsOf, EXIT_VIOLATION, runProgram, wholeNumber } from './terminal/command-line.ts';

const HELP = `npm run simulate -- --scenario FILE [--seed N] [--json]

Plays a scenario on a virtual clock, weeks in seconds, with the state machines, handlers and tables that are deployed.

  --scenario FILE  what to play; docs/scenarios.md describes the format
  --seed N         order of what happens at the same instant (default 0: the order of arrival)
  --json           print one JSON object; the same file and seed give the same bytes

Exit codes: 0 played, 2 the scenario does not fit, 3 an invariant was broken.`;

const MAX_SEED = 2 ** 32 - 1;
/** Cycles between two lines of progress. */
const PROGRESS_CYCLES = 500;

const progress = (): (() => void) => {
  let cycles = 0;
  return () => {
    cycles += 1;
    if (cycles % PROGRESS_CYCLES === 0) process.stderr.write(`${cycles} cycles …\n`);
  };
};

const main = async (): Promise<number> => {
  const { values } = argumentsOf({
    scenario: { type: 'string' },
    seed: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (values.scenario === undefined) throw new ValidationError(`--scenario FILE is missing\n\n${HELP}`);
  const scenario = readScenario(values.scenario);
  const seed = wholeNumber('seed', values.seed, { from: 0, to: MAX_SEED });
  // Most of what there is to load; what does not fit is told of before.
  const { runScenario } = await import('./scenario/run-scenario.ts');
  const report = await runScenario({ scenario, seed, onCycle: progress() });
  console.log(values.json ? JSON.stringify(report) : reportText(report));
  return report.violations.length > 0 ? EXIT_VIOLATION : 0;
};

await runProgram(main);
