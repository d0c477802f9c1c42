import type { PlanStatus } from './plan.ts';

/** Every move a plan may make; a status that maps to nothing is terminal. */
export const PLAN_MOVES: Readonly<Record<PlanStatus, readonly PlanStatus[]>> = {
  DRAFT: ['APPROVED', 'ABORTED', 'EXPIRED'],
  APPROVED: ['ACTIVE', 'ABORTED', 'EXPIRED'],
  ACTIVE: ['PAUSED', 'COMPLETED', 'ABORTED', 'EXPIRED'],
  PAUSED: ['ACTIVE', 'ABORTED', 'EXPIRED'],
  COMPLETED: [],
  ABORTED: [],
  EXPIRED: [],
};

export const canMove = (from: PlanStatus, to: PlanStatus): boolean => PLAN_MOVES[from].includes(to);
