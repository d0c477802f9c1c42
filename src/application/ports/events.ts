import type { ExecutionSignal } from '../../domain/execution/signal.ts';
import type { ApprovalEscalation } from '../../domain/plan/escalation.ts';
import type { Scope } from './scope.ts';

export interface ActionApproved extends Scope {
  readonly action_intent_id: string;
  readonly approval_source: 'HUMAN' | 'POLICY';
  readonly auto_executed: boolean;
}

/** @throws TransientError when the bus did not take the event. */
export interface EventPublisher {
  publishActionApproved(event: ActionApproved): Promise<void>;
  /** Tells of an outcome; whoever listens recognises a second telling by the signal's id. */
  publishSignal(signal: ExecutionSignal): Promise<void>;
  /** Tells that nobody has approved an attempt, and that its deadline is near. */
  publishApprovalEscalated(escalation: ApprovalEscalation): Promise<void>;
}
