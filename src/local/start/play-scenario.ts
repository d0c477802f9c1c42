import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { TableNames } from '../../adapters/dynamodb/table-names.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { giveCommand, introducePlan, type RefusedCommand } from '../scenario/play.ts';
import { aboutOf } from '../scenario/report-text.ts';
import type { Scenario, ScenarioCommand } from '../scenario/scenario.ts';
import { type Connectors, seedConnectors, seedRows } from '../scenario/seed-rows.ts';
import type { LocalState } from './state-file.ts';

export interface ScenarioPlay {
  readonly runtime: Runtime;
  readonly documentClient: DynamoDBDocumentClient;
  readonly tables: TableNames;
  readonly connectors: Connectors;
  /** With its instants moved so that it starts when the system first did. */
  readonly scenario: Scenario;
  readonly signal: AbortSignal;
  state(): LocalState;
  save(change: Partial<LocalState>): void;
  print(line: string): void;
}

const refusalText = (refused: RefusedCommand): string =>
  `  refused: ${refused.do} ${aboutOf(refused)} by ${refused.by}: ${refused.message}`;

/** Brings in tenants, autonomy and plans, unless an earlier start has; what one that crashed had begun is gone through again. */
export const introduceScenario = async (play: ScenarioPlay): Promise<void> => {
  const { runtime, scenario, documentClient, tables, connectors, save, print } = play;
  // The systems that tools act on have other addresses at every start.
  await seedConnectors(documentClient, tables, scenario, connectors);
  if (play.state().introduced) return;
  await seedRows(documentClient, tables, scenario, runtime.clock.now().toISOString());
  for (const plan of scenario.plans) {
    const known = await runtime.plans.get(plan);
    const refused = await introducePlan(runtime, plan);
    if (!known) for (const refusal of refused) print(refusalText(refusal));
  }
  save({ introduced: true });
};

const untilInstant = (runtime: Runtime, instant: string, signal: AbortSignal): Promise<void> =>
  runtime.clock.sleep(Math.max(0, Date.parse(instant) - runtime.clock.now().getTime()), signal);

const give = async (play: ScenarioPlay, command: ScenarioCommand, index: number): Promise<void> => {
  const refused = await giveCommand(play.runtime, play.scenario, command);
  for (const refusal of refused) play.print(refusalText(refusal));
  play.save({ commands_given: index + 1 });
};

/** Gives the scenario's commands when their time comes, going on after those that were given before. */
export const giveCommands = async (play: ScenarioPlay): Promise<void> => {
  const commands = [...play.scenario.commands].sort((a, b) => (a.at < b.at ? -1 : 1));
  for (const [index, command] of commands.entries()) {
    if (index < play.state().commands_given) continue;
    await untilInstant(play.runtime, command.at, play.signal).catch(() => {});
    if (play.signal.aborted) return;
    await give(play, command, index).catch((error: Error) =>
      play.print(`  not given: ${command.do}: ${error.message}`),
    );
  }
};
