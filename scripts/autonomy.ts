import { AUTONOMY_USAGE, autonomyRequest } from './cli/autonomy-arguments.ts';
import { changeAutonomy } from './cli/change-autonomy.ts';
import { explainRequested } from './cli/explain-autonomy.ts';
import { openStores } from './cli/open-stores.ts';
import { runTool } from './cli/run-tool.ts';
import { showHistory } from './cli/show-history.ts';

await runTool(AUTONOMY_USAGE, async (args) => {
  const request = autonomyRequest(args);
  const stage = await openStores(request.stage, { changes: request.kind !== 'HISTORY' });
  switch (request.kind) {
    case 'EXPLAIN':
      return explainRequested(stage, request);
    case 'CHANGE':
      return changeAutonomy(stage, request);
    case 'HISTORY':
      return showHistory(stage, request);
  }
});
