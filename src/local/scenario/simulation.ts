import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { TableNames } from '../../adapters/dynamodb/table-names.ts';
import type { Log } from '../../application/ports/observability.ts';
import { later } from '../../domain/identifiers.ts';
import type { LedgerEntry } from '../../domain/ledger/plan-ledger.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { createDynamoDbClient } from '../dynamodb/client.ts';
import { InvocationGate } from '../invocation-gate.ts';
import { createLocalSystem, type LocalSystem } from '../local-system.ts';
import type { ServiceDefinition } from '../service/service-definition.ts';
import { startToolWorld, type ToolWorld } from '../tool-world.ts';
import { type CycleLine, cycleLine } from './cycle-line.ts';
import { earliestDue } from './due.ts';
import { giveCommand, introducePlan, type RefusedCommand } from './play.ts';
import { type SimulationReport, simulationReport } from './report.ts';
import type { Scenario, ScenarioCommand } from './scenario.ts';
import { scenarioInvocations } from './scenario-invocations.ts';
import { scenarioTools } from './scenario-world.ts';
import { seedConnectors, seedRows } from './seed-rows.ts';
import { nextBeat, nextEvent } from './timeline.ts';

export interface SimulationOptions {
  readonly service: ServiceDefinition;
  readonly scenario: Scenario;
  /** Determines the order of what happens at the same instant. */
  readonly seed: number;
  /** Of a DynamoDB whose tables, as `service` names them, exist and are empty. */
  readonly dynamoDbEndpoint: string;
  readonly log: Log;
  /** Told after every cycle, for those who wait. */
  onCycle?(line: CycleLine): void;
}

const REGION = 'us-east-1';
const MINUTE_MS = 60_000;

/** One run of a scenario: the deployed machines and handlers on a clock that jumps to wherever something happens next. */
class Simulation {
  readonly #options: SimulationOptions;
  readonly #clock: VirtualClock;
  readonly #gate: InvocationGate;
  readonly #commands: ScenarioCommand[];
  readonly #cycles: CycleLine[] = [];
  readonly #refused: RefusedCommand[] = [];
  readonly #unmetered: DynamoDBDocumentClient;
  #system: LocalSystem | undefined;
  #lastBeat: string | undefined;
  #completed = 0;
  #ids = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    const { scenario, seed, dynamoDbEndpoint } = options;
    this.#clock = new VirtualClock(new Date(scenario.start));
    this.#gate = new InvocationGate(seed);
    this.#commands = [...scenario.commands].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    this.#unmetered = DynamoDBDocumentClient.from(
      createDynamoDbClient({ endpoint: dynamoDbEndpoint, region: REGION }),
    );
  }

  async run(): Promise<SimulationReport> {
    const toolWorld = await startToolWorld({ clock: this.#clock });
    try {
      return await this.#play(await this.#start(toolWorld), toolWorld);
    } finally {
      await toolWorld.stop();
    }
  }

  async #play(system: LocalSystem, toolWorld: ToolWorld): Promise<SimulationReport> {
    await this.#introduce(system, toolWorld);
    while (await this.#step(system));
    const { scenario } = this.#options;
    const played = { cycles: this.#cycles, refused: this.#refused, units: { ...system.units() } };
    // What still runs at `until` holds timers, and they would hold the process.
    system.stepFunctions.close();
    return simulationReport(scenario, system.runtime.plans, played);
  }

  async #start(toolWorld: ToolWorld): Promise<LocalSystem> {
    const { service, scenario, dynamoDbEndpoint, log } = this.#options;
    const lose = (executionArn: string) =>
      void this.#system?.stepFunctions.stopExecution(executionArn, 'Lost', 'the scenario lets it get lost');
    const delayed = scenarioInvocations({ scenario, clock: this.#clock, lose });
    this.#system = await createLocalSystem({
      ...{ service, clock: this.#clock, region: REGION, retryDelays: 'none', log },
      dynamoDb: createDynamoDbClient({ endpoint: dynamoDbEndpoint, region: REGION }),
      newId: () => this.#newId(),
      toolWorld,
      tools: (inner) => scenarioTools(scenario, inner),
      around: (invocation, signal, invoke) => delayed(invocation, signal, () => this.#gate.pass(invoke)),
      onCommitted: (entries) => this.#count(entries),
    });
    return this.#system;
  }

  #newId(): string {
    this.#ids += 1;
    return String(this.#ids).padStart(8, '0');
  }

  #count(entries: readonly LedgerEntry[]): void {
    this.#completed += entries.filter(({ event_type }) => event_type === 'PLAN_COMPLETED').length;
  }

  async #introduce(system: LocalSystem, { connectors }: ToolWorld): Promise<void> {
    const { scenario, service } = this.#options;
    const tables = service.environment as unknown as TableNames;
    await seedRows(this.#unmetered, tables, scenario, scenario.start);
    await seedConnectors(this.#unmetered, tables, scenario, connectors);
    for (const plan of scenario.plans) this.#refused.push(...(await introducePlan(system.runtime, plan)));
    this.#completed = 0;
  }

  async #step(system: LocalSystem): Promise<boolean> {
    await this.#settle(system);
    const { until } = this.#options.scenario;
    const [command] = this.#commands;
    const event = nextEvent({
      wake: this.#clock.nextWake()?.toISOString(),
      command,
      beat: await this.#beat(),
      until,
    });
    switch (event.kind) {
      case 'WAKE':
        this.#clock.wakeNext();
        return true;
      case 'COMMAND':
        this.#clock.moveTo(new Date(event.at));
        this.#commands.shift();
        this.#refused.push(...(await giveCommand(system.runtime, this.#options.scenario, event.command)));
        return true;
      case 'CYCLE':
        await this.#cycle(system, event.at);
        return true;
      case 'END':
        return false;
    }
  }

  /** Lets everything happen that can happen at the present instant. */
  #settle({ stepFunctions }: LocalSystem): Promise<void> {
    return this.#gate.drain(() => stepFunctions.activity.computing > 0);
  }

  /** The next beat at which a cycle has something to do or to tell. */
  async #beat(): Promise<string | undefined> {
    const { scenario, service } = this.#options;
    const active = new Set(
      scenario.tenants.filter(({ status }) => status === 'active').map(({ tenantId }) => tenantId),
    );
    const due = await earliestDue(this.#unmetered, service.environment.REVENUE_PLANS_TABLE_NAME ?? '', (id) =>
      active.has(id),
    );
    const now = this.#clock.now().toISOString();
    const reason = this.#completed > 0 || this.#lastBeat === undefined ? now : due;
    if (reason === undefined) return undefined;
    return nextBeat(this.#lastBeat, scenario.start, later(reason, now), scenario.cycle_minutes * MINUTE_MS);
  }

  async #cycle(system: LocalSystem, at: string): Promise<void> {
    this.#clock.moveTo(new Date(at));
    this.#lastBeat = at;
    const between = this.#completed;
    const { executionArn } = await system.stepFunctions.startExecution({
      stateMachineArn: system.planCycleArn,
    });
    await this.#settle(system);
    while (system.stepFunctions.describeExecution(executionArn).status === 'RUNNING') {
      this.#clock.wakeNext();
      await this.#settle(system);
    }
    const record = system.stepFunctions.describeExecution(executionArn);
    const line = cycleLine(record, between);
    this.#completed = 0;
    this.#cycles.push(line);
    this.#options.onCycle?.(line);
  }
}

/** Plays a scenario to its end, or to the point from which nothing can change any more. */
export const simulate = (options: SimulationOptions): Promise<SimulationReport> =>
  new Simulation(options).run();
