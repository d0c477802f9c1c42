import type { PolicyReason } from '../../src/domain/policy/policy-reason.ts';
import { oneLine } from './one-line.ts';
import { EXIT_REFUSED, type ToolAnswer } from './run-tool.ts';

export interface RefusedRequest {
  readonly code: string;
  readonly message: string;
  readonly reasons?: readonly PolicyReason[];
}

/** A refusal, with its code and reasons; the message of a refusal by policy names them. */
export const refused = ({ code, message, reasons = [] }: RefusedRequest): ToolAnswer => ({
  exitCode: EXIT_REFUSED,
  document: { refused: { code, message, reasons } },
  text: '',
  complaint: oneLine(`refused: ${code}: ${message}`),
});

export const planNotFound = (planId: string): ToolAnswer =>
  refused({ code: 'PLAN_NOT_FOUND', message: `there is no plan ${planId}` });
