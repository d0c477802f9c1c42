import { openTables } from './cli/open-tables.ts';
import { runTool } from './cli/run-tool.ts';
import { SEED_USAGE, seedStage } from './cli/seed-arguments.ts';
import { seedRegistry } from './cli/seed-registry.ts';

await runTool(SEED_USAGE, async (args) => seedRegistry(await openTables(seedStage(args))));
