import { ValidationError } from '../src/application/errors.ts';
import { argumentsOf, runProgram, wholeNumber } from '../src/local/terminal/command-line.ts';
import { textTable } from '../src/local/terminal/text-table.ts';
import { actionSpine } from './bench/action-spine.ts';
import { approvalGates, LAYOUTS } from './bench/approval-gates.ts';
import { idleCycle } from './bench/idle-cycle.ts';
import { planThroughput } from './bench/plan-throughput.ts';

const HELP = `npm run bench -- [--actions N …] [--gates N …] [--plans N …] [--idle-tenants N …] [--json]

Carries out approved actions through execute-action, lets the autonomy gate decide on others, takes plans of three steps, a tenth of which is retried once, through the whole
system, and runs idle cycles; prints what that costs in time on this machine, and in the units in which AWS bills.

  --actions N        how many actions (default 1000); may be repeated
  --gates N          how many decisions of the gate (default 1000), on one account, on 1,000, and on 1,000 that share a budget
  --plans N          how many plans (default 1000); may be repeated; 0: none
  --idle-tenants N   tenants of an idle cycle, with 10 plans each (default 1000 and 10000); may be repeated; 0: none
  --json             print JSON only`;

const MAX = 1_000_000;

const counts = (
  option: string,
  texts: readonly string[] | undefined,
  defaults: readonly number[],
): readonly number[] =>
  texts?.map((text) => wholeNumber(option, text, { from: 0, to: MAX })).filter((amount) => amount > 0) ??
  defaults;

const rounded = (value: unknown): unknown =>
  typeof value === 'number' ? Math.round(value * 100) / 100 : value;

const table = (title: string, results: readonly Record<string, unknown>[]): string => {
  if (results.length === 0) return '';
  const names = Object.keys(results[0] ?? {});
  const rows = names.map((name) => [name, ...results.map((result) => rounded(result[name]))]);
  return `${title}\n${textTable(['', ...results.map(() => '')], rows)}\n`;
};

const inTurn = async <T>(
  amounts: readonly number[],
  what: string,
  run: (amount: number) => Promise<T>,
): Promise<T[]> => {
  const results: T[] = [];
  for (const amount of amounts) {
    process.stderr.write(`${what}: ${amount} …\n`);
    results.push(await run(amount));
  }
  return results;
};

await runProgram(async () => {
  const { values, positionals } = argumentsOf({
    actions: { type: 'string', multiple: true },
    gates: { type: 'string', multiple: true },
    plans: { type: 'string', multiple: true },
    'idle-tenants': { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  if (positionals.length > 0)
    throw new ValidationError(`unexpected ${JSON.stringify(positionals[0])}\n\n${HELP}`);
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const actions = await inTurn(counts('actions', values.actions, [1000]), 'actions', actionSpine);
  const gates = await inTurn(counts('gates', values.gates, [1000]), 'gates', async (amount) => {
    const results: Awaited<ReturnType<typeof approvalGates>>[] = [];
    for (const layout of LAYOUTS) results.push(await approvalGates(amount, layout));
    return results;
  });
  const plans = await inTurn(counts('plans', values.plans, [1000]), 'plans', planThroughput);
  const idle = await inTurn(
    counts('idle-tenants', values['idle-tenants'], [1000, 10_000]),
    'idle tenants',
    idleCycle,
  );
  const tables = [
    ...[table('Actions', actions), table('Gates', gates.flat())],
    ...[table('Plans', plans), table('Idle cycle', idle)],
  ];
  if (!values.json) console.log(tables.filter((text) => text !== '').join('\n'));
  console.log(JSON.stringify({ actions, gates: gates.flat(), plans, idle }));
  return 0;
});
