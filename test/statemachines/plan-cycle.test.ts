import { machineWorlds } from './machine-worlds.ts';
import { advancesPlans } from './plan-cycle/advances-plans.ts';
import { endsACycle } from './plan-cycle/ends-a-cycle.ts';
import { isolatesFailures } from './plan-cycle/isolates-failures.ts';
import { refusesInput } from './plan-cycle/refuses-input.ts';
import { undoesSteps } from './plan-cycle/undoes-steps.ts';

/** One file, so that at its end the ways that all its tests went can be held against the machine's file. */
const { open, everyWayWasTaken } = machineWorlds('plan-cycle');

advancesPlans(open);
refusesInput(open);
isolatesFailures(open);
endsACycle(open);
undoesSteps(open);
everyWayWasTaken();
