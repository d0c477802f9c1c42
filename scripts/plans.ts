import { changeThePlan } from './cli/change-plan.ts';
import { listPlans } from './cli/list-plans.ts';
import { listWaiting } from './cli/list-waiting.ts';
import { openStores } from './cli/open-stores.ts';
import { PLANS_USAGE, plansRequest } from './cli/plans-arguments.ts';
import { runTool } from './cli/run-tool.ts';
import { showPlan } from './cli/show-plan.ts';

await runTool(PLANS_USAGE, async (args) => {
  const request = plansRequest(args);
  const stage = await openStores(request.stage, {
    changes: request.kind === 'CHANGE' || request.kind === 'WAITING',
  });
  switch (request.kind) {
    case 'LIST':
      return listPlans(stage, request);
    case 'WAITING':
      return listWaiting(stage, request);
    case 'SHOW':
      return showPlan(stage, request.planId);
    case 'CHANGE':
      return changeThePlan(stage, request);
  }
});
