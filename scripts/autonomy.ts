import { AUTONOMY_USAGE, autonomyRequest } from './cli/autonomy-arguments.ts';
import { changeAutonomy } from './cli/change-autonomy.ts';
import { explainRequested } from './cli/explain-autonomy.ts';
import { openStores } from './cli/open-stores.ts';
import { runAsProcess } from './cli/run-as-process.ts';
import type { Tool } from './cli/run-tool.ts';
import { showHistory } from './cli/show-history.ts';

export const autonomyTool: Tool = {
  usage: AUTONOMY_USAGE,
  async run(args, { environment }) {
    const request = autonomyRequest(args);
    const stage = await openStores(request.stage, environment, { changes: request.kind !== 'HISTORY' });
    switch (request.kind) {
      case 'EXPLAIN':
        return explainRequested(stage, request);
      case 'CHANGE':
        return changeAutonomy(stage, request);
      case 'HISTORY':
        return showHistory(stage, request);
    }
  },
};

if (import.meta.main) await runAsProcess(autonomyTool);
