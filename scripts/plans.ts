import { changeThePlan } from './cli/change-plan.ts';
import { listPlans } from './cli/list-plans.ts';
import { listWaiting } from './cli/list-waiting.ts';
import { openStores } from './cli/open-stores.ts';
import { PLANS_USAGE, plansRequest } from './cli/plans-arguments.ts';
import { runAsProcess } from './cli/run-as-process.ts';
import type { Tool } from './cli/run-tool.ts';
import { showPlan } from './cli/show-plan.ts';

export const plansTool: Tool = {
  usage: PLANS_USAGE,
  async run(args, { environment }) {
    const request = plansRequest(args);
    const stage = await openStores(request.stage, environment, {
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
  },
};

if (import.meta.main) await runAsProcess(plansTool);
