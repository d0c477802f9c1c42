import { countedRisk } from '../autonomy/approval-gate.ts';
import { canonicalHash } from '../ledger/canonical-json.ts';
import type { RiskLevel } from '../policy/risk.ts';
import type { ActionIntent } from './action-intent.ts';

/** What a person sees of an intent and answers for: what is done to whom, how, and how risky that is. */
export interface IntentContent {
  readonly action_type: string;
  readonly target: ActionIntent['target'];
  readonly parameters: ActionIntent['parameters'];
  readonly registry_version: number;
  /** The risk that counts, not the one that the proposal claims. */
  readonly risk: RiskLevel;
}

export const intentContent = (intent: ActionIntent): IntentContent => {
  const { action_type, target, parameters, registry_version } = intent;
  return { action_type, target, parameters, registry_version, risk: countedRisk(intent) };
};

/** SHA-256, in hex, of what a person is shown of an intent: alike as long as that is alike, whatever the intent's id. */
export const intentContentHash = (intent: ActionIntent): string => canonicalHash(intentContent(intent));
