import { commandPlan, type PersonCommand } from '../../../src/application/command-plan.ts';
import { TransientError } from '../../../src/application/errors.ts';
import type { ActionApproved } from '../../../src/application/ports/events.ts';
import type { ToolGateway, ToolInvocation, ToolResult } from '../../../src/application/ports/tools.ts';
import type { EnumeratePlansOutput, PlanCycleInput } from '../../../src/contracts/plan-cycle.ts';
import { seededRandom } from '../../../src/local/invocation-gate.ts';
import { editedParameters } from './actions.ts';
import { type CycleEnd, driveCycle, type RunTask } from './cycle-driver.ts';
import { driveExecution } from './execution-driver.ts';
import { faultAfter, faultBefore, pickFault, UNHEARD_OF } from './faults.ts';
import { type Actor, currentInvocation, type Invocation, invokeFor, isDead } from './invocation.ts';
import { runTask } from './machine-task.ts';
import { changePolicy } from './policy-changes.ts';
import type { Schedule, ScheduledChange, ScheduledCommand } from './random-schedule.ts';
import type { Outside, Rig } from './rig.ts';
import { Turns } from './turns.ts';
import type { Watch } from './watch.ts';
import type { WatchedKey } from './watched-plan.ts';

/** Longest that a function runs before Lambda kills it, and that an execution runs before Step Functions does. */
const FUNCTION_MS = 60_000;
const EXECUTION_MS = 3_600_000;

/** How much more often something goes wrong with a transaction: what it writes is what the rules are about. */
const TRANSACTION_WEIGHT = 3;

/** Share of the events that are lost or delivered twice, and of these the share of which the publisher hears no answer. */
const ROUGH_EVENTS = 0.4;

/** By how much the clock may move while others act: little, past each of the deadlines, past the end of an execution. */
const JUMPS_SECONDS = [1, 10, 61, 61, 121, 121, 301, 301, 4600];

/** One run of a schedule: its actors, its clock, what befalls them, and the outside world of the handlers. */
export class Play implements Outside {
  readonly turns: Turns;
  readonly watch: Watch;
  /** Whether anything still goes wrong. */
  calm = false;
  /** What has gone wrong, and which states were entered while it did. */
  readonly happened = new Set<string>();
  readonly #rig: Rig;
  readonly #schedule: Schedule;
  readonly #keys: readonly WatchedKey[];
  readonly #run: string;
  readonly #live = new Set<Invocation>();
  readonly #actors: Actor[] = [];
  #now: number;

  constructor(
    rig: Rig,
    schedule: Schedule,
    of: { run: string; start: string; keys: readonly WatchedKey[]; watch: Watch },
  ) {
    this.#rig = rig;
    this.#schedule = schedule;
    this.#run = of.run;
    this.#keys = of.keys;
    this.watch = of.watch;
    this.#now = Date.parse(of.start);
    this.turns = new Turns(schedule.seed);
  }

  now(): Date {
    return new Date(this.#now);
  }

  maxPlansPerRun(): number {
    return this.#schedule.maxPlansPerRun;
  }

  /** Moves the clock; what would have been killed by then is. */
  moveTo(instant: number): void {
    this.#now = Math.max(this.#now, instant);
    for (const actor of this.#actors) actor.dead ||= this.#now - actor.startedAt >= EXECUTION_MS;
    for (const invocation of [...this.#live]) {
      if (this.#now - invocation.startedAt < FUNCTION_MS) continue;
      invocation.dead = true;
      this.#live.delete(invocation);
      invocation.fail('States.Timeout');
    }
  }

  /** Lets all actors act until none is left that could. */
  run(): Promise<void> {
    return this.turns.run(() => {
      if (this.#chance(this.#schedule.clockRate)) this.moveTo(this.#now + this.#pick(JUMPS_SECONDS) * 1000);
    });
  }

  async startCycle(input: PlanCycleInput, after = 0): Promise<CycleEnd> {
    await this.#letPass(after);
    const actor = this.#actor('cycle');
    const seen = new Map<string, Set<string>>();
    const run: RunTask = (state, payload) => {
      this.#countLook(seen, state, payload);
      return this.#task(actor, state, payload);
    };
    return driveCycle(run, actor.name, input);
  }

  async command(of: ScheduledCommand): Promise<void> {
    await this.#letPass(of.after);
    const key = this.#keys[of.plan % this.#keys.length] as WatchedKey;
    const step_id = key.steps[of.step % key.steps.length] as string;
    const reason = 'as the schedule has it';
    const edits = of.do === 'edit_intent' || of.do === 'edit_and_approve';
    const command = edits
      ? {
          do: 'edit_intent',
          step_id,
          reason,
          approve: of.do === 'edit_and_approve',
          parameters: this.#edited(key, step_id),
        }
      : { do: of.do, step_id, reason };
    const actor = this.#actor(of.by);
    const give = async () => {
      const { runtime } = this.#rig;
      await commandPlan(runtime, { key, by: of.by, command: command as PersonCommand });
    };
    await invokeFor(actor, this.#now, this.#live, give).catch(this.#expected);
  }

  /** Changes what may run by itself; whoever does so is answered when it is written. */
  async change({ after, ...of }: ScheduledChange): Promise<void> {
    await this.#letPass(after);
    if (this.calm) return;
    const key = this.#keys[of.plan % this.#keys.length] as WatchedKey;
    this.happened.add(of.do);
    const { switches } = this.watch;
    if (of.do === 'GO') switches.released(key.tenant_id);
    await this.turns.outside(() => changePolicy(this.#rig, key, of));
    if (of.do === 'STOP') switches.thrown(key.tenant_id);
  }

  async call<T>(operation: string, input: object, carryOut: () => Promise<T>): Promise<T> {
    const invocation = currentInvocation.getStore();
    if (!invocation) return carryOut();
    const { random } = this.turns;
    await this.#turn(invocation);
    const isBefore = random() < 0.5;
    const weight = operation === 'TransactWriteItems' ? TRANSACTION_WEIGHT : 1;
    const fault = this.#chance(weight * this.#schedule.faultRate) ? pickFault(random) : undefined;
    if (fault) this.happened.add(fault);
    if (isBefore && fault !== 'LOST_ANSWER') await faultBefore(fault, { invocation, input, random });
    const answer = this.turns.outside(async () => {
      this.watch.switches.read(operation, input, invocation.actor.name);
      const result = await carryOut();
      await this.watch.written(operation, input, invocation.actor.name);
      return result;
    });
    await answer.catch(() => {});
    await this.#turn(invocation);
    const result = await answer;
    if (!isBefore || fault === 'LOST_ANSWER') await faultAfter(fault, invocation);
    return result;
  }

  async publish(event: ActionApproved): Promise<void> {
    const invocation = currentInvocation.getStore() as Invocation;
    await this.#turn(invocation);
    const isRough = this.#schedule.faultRate > 0 && this.#chance(ROUGH_EVENTS);
    const times = isRough ? this.#pick([0, 0, 2]) : 1;
    if (times !== 1) this.happened.add(times === 0 ? 'EVENT_LOST' : 'EVENT_TWICE');
    for (let copy = 0; copy < times; copy += 1) this.#execute(event);
    await this.#turn(invocation);
    if (isRough && this.#chance(ROUGH_EVENTS))
      throw Object.assign(new Error('no answer'), { name: 'InternalException' });
  }

  async tell(id: string): Promise<void> {
    const invocation = currentInvocation.getStore() as Invocation;
    await this.#turn(invocation);
    const isRough = this.#schedule.faultRate > 0 && this.#chance(ROUGH_EVENTS);
    if (isRough) this.happened.add('SIGNAL_LOST');
    else this.watch.told.add(id);
    await this.#turn(invocation);
    if (isRough || this.#isRoughNow())
      throw Object.assign(new Error('no answer'), { name: 'InternalException' });
  }

  #isRoughNow(): boolean {
    return this.#schedule.faultRate > 0 && this.#chance(ROUGH_EVENTS);
  }

  async tool(invocation: ToolInvocation, inner: ToolGateway): Promise<ToolResult> {
    const { idempotency_key, step_id, attempt } = invocation;
    const luck = seededRandom(this.#schedule.seed + Number(step_id.slice(1)) * 17 + attempt * 131)();
    if (this.calm || luck < 0.7) return inner.invoke(invocation);
    if (luck < 0.9)
      return {
        success: false,
        error_code: 'NO_LUCK',
        error_class: 'DOWNSTREAM',
        tool_run_ref: idempotency_key,
      };
    throw luck < 0.95 ? new TransientError('busy') : Object.assign(new Error('what'), { name: UNHEARD_OF });
  }

  #execute(data: ActionApproved): void {
    const actor = this.#actor('execution');
    const run: RunTask = (state, payload) => this.#task(actor, state, payload);
    currentInvocation.exit(() => driveExecution(run, actor.name, data)).catch(this.#expected);
  }

  #actor(kind: string): Actor {
    const actor = { name: `${this.#run}-${kind}-${this.#actors.length}`, startedAt: this.#now, dead: false };
    this.#actors.push(actor);
    return actor;
  }

  #task(actor: Actor, state: string, payload: object) {
    if (!this.calm) this.happened.add(state);
    if (state === 'InvokeTool') this.watch.switches.toBeAsked(actor.name);
    const handler = this.#rig.handlers.get(state);
    if (!handler) throw new Error(`there is no state ${state}`);
    const event = JSON.parse(JSON.stringify(payload));
    return runTask(state, () => invokeFor(actor, this.#now, this.#live, () => handler(event)));
  }

  /** At most K of each list for each tenant. */
  #countLook(seen: Map<string, Set<string>>, state: string, payload: object): void {
    if (state !== 'ActivatePlan' && state !== 'EvaluatePlan') return;
    const { plan } = payload as { plan: EnumeratePlansOutput['plans'][number] };
    const of = seen.get(`${state} ${plan.tenant_id}`) ?? new Set<string>();
    seen.set(`${state} ${plan.tenant_id}`, of.add(plan.plan_id));
    if (of.size > this.#schedule.maxPlansPerRun)
      this.watch.violations.push(`${state} of ${of.size} plans of ${plan.tenant_id} in a cycle`);
  }

  #edited(key: WatchedKey, stepId: string) {
    const { steps = [] } = this.watch.plans.get(key.plan_id)?.plan ?? {};
    return editedParameters(steps.find(({ step_id }) => step_id === stepId)?.action_type ?? '');
  }

  async #letPass(turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) await this.turns.wait(() => false);
  }

  #turn(invocation: Invocation): Promise<void> {
    return this.turns.wait(() => isDead(invocation));
  }

  #chance(rate: number): boolean {
    return !this.calm && rate > 0 && this.turns.random() < rate;
  }

  #pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.turns.random() * values.length)] as T;
  }

  /** Errors that a command or an execution may end with when calls go wrong; any other is a bug of the harness or of what is under test. */
  readonly #expected = (error: Error): void => {
    const names = ['TransientError', 'States.Timeout', 'Lambda.Unknown', 'InternalException', UNHEARD_OF];
    if (!names.includes(error.name)) this.watch.violations.push(`unexpected ${error.name}: ${error.stack}`);
  };
}
