import type { RunDecisionDetail } from '../../contracts/decisions.ts';
import type { CostGateResult, DecisionRunState } from '../../domain/decision/cost-gate.ts';
import type { DecisionTrigger } from '../../domain/decision/decision-trigger.ts';
import type { TriggerLimits } from '../../domain/decision/trigger-registry.ts';
import type { NewPlan } from '../../domain/plan/plan-event.ts';
import type { Scope } from './scope.ts';

export interface ReservationRequest extends DecisionTrigger {
  /** How often the trigger was put off: each time it comes back it may be taken up once. */
  readonly deferred_times: number;
  /** Names who works on it; a retry of the same invocation is the same owner. */
  readonly owner: string;
  readonly now: string;
  /** From when on a reservation that was neither finished nor put off counts as dead. */
  readonly expires_at: string;
}

export type Reserved =
  /** `granted`: an earlier owner had the run granted and did not come to an end. */
  | { readonly reserved: true; readonly granted: boolean }
  /** Somebody has finished with the key, or is at work under it; how that stands, in words. */
  | { readonly reserved: false; readonly explanation: string };

/** Who works on a trigger, by its idempotency key. */
export interface DecisionReservations {
  /**
   * Takes the key if it is free, its reservation is dead, its trigger has come back, or it is the owner's own.
   *
   * @throws ValidationError (IDEMPOTENCY_COLLISION) when the key stands for a trigger of another tenant, account or type.
   * @throws TransientError when others keep taking the key.
   */
  reserve(request: ReservationRequest): Promise<Reserved>;
  /** Keeps what came of the trigger: whoever asks again is a duplicate. False when the reservation is no longer the owner's. */
  finish(request: ReservationRequest, result: CostGateResult, now: string): Promise<boolean>;
  /** Lets the trigger come back once more, at `until`. */
  defer(request: ReservationRequest, until: string): Promise<boolean>;
  /** Gives the reservation up, so that any retry may take it over at once. */
  release(request: ReservationRequest): Promise<boolean>;
}

/** When triggers of each type ran, and how often. */
export interface DecisionRunStates {
  /** Strongly consistent. */
  read(scope: Scope, triggerType: string, now: string): Promise<DecisionRunState>;
  /**
   * Counts a run against the limits of its type, all of them or none, and marks its reservation. Never exceeds a limit: false when others
   * have used one up meanwhile, have written at the same time, or have taken the reservation over.
   *
   * @throws TransientError when the writes were cancelled for a passing reason.
   */
  grantWithinLimits(request: ReservationRequest, limits: TriggerLimits): Promise<boolean>;
  /** Remembers that a trigger waits, so that those that come shortly after it need not. */
  noteWaiting(request: ReservationRequest, until: string): Promise<void>;
}

/** What a plan is about, its steps and its end; whose it is and its id are not the generator's to say. */
export type ProposedPlan = Omit<NewPlan, 'plan_id' | 'tenant_id' | 'account_id'>;

export interface ProposalGenerator {
  /** A plan worth proposing to people, or undefined when there is none. */
  propose(of: Omit<DecisionTrigger, 'idempotency_key'>): Promise<ProposedPlan | undefined>;
}

export interface DecisionRequeue {
  /** Has the trigger come again at an instant; asking twice for the same has it come once. */
  at(instant: string, detail: RunDecisionDetail): Promise<void>;
}
