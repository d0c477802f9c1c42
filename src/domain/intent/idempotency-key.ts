import { createHash } from 'node:crypto';
import { canonicalJson } from '../ledger/canonical-json.ts';

/** What makes a call of a tool the same call: repeated with all of this alike, it must have one effect. */
export interface ToolExecution {
  readonly tenant_id: string;
  readonly action_intent_id: string;
  readonly tool_name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly registry_version: number;
}

/** The key under which a tool is called for an intent: SHA-256 in lower-case hex. The order of arguments does not matter. */
export const executionIdempotencyKey = (execution: ToolExecution): string => {
  const { tenant_id, action_intent_id, tool_name, arguments: args, registry_version } = execution;
  const text = [tenant_id, action_intent_id, tool_name, canonicalJson(args), registry_version].join(':');
  return createHash('sha256').update(text).digest('hex');
};
