import { openTables } from './cli/open-tables.ts';
import { runAsProcess } from './cli/run-as-process.ts';
import type { Tool } from './cli/run-tool.ts';
import { SEED_USAGE, seedStage } from './cli/seed-arguments.ts';
import { seedRegistry } from './cli/seed-registry.ts';

export const seedTool: Tool = {
  usage: SEED_USAGE,
  run: async (args, { environment }) => seedRegistry(await openTables(seedStage(args), environment)),
};

if (import.meta.main) await runAsProcess(seedTool);
