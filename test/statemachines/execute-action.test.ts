import { executesActions } from './execute-action/executes-actions.ts';
import { isRepaired } from './execute-action/is-repaired.ts';
import { refusesStarts } from './execute-action/refuses-starts.ts';
import { machineWorlds } from './machine-worlds.ts';

/** One file, so that at its end the ways that all its tests went can be held against the machine's file. */
const { open, everyWayWasTaken } = machineWorlds('execute-action');

executesActions(open);
refusesStarts(open);
isRepaired(open);
everyWayWasTaken();
