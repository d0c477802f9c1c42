import type { TokenSource } from '../../../src/adapters/gateway/token-source.ts';
import type { ToolInvocation } from '../../../src/application/ports/tools.ts';

export const REF = { system: 'CRM', object_type: 'Case', object_id: '500' } as const;

/** An adapter's answer of success to `invocation()`. */
export const DONE = { success: true, tool_run_ref: 'run-1', tenant_id: 't1', external_object_refs: [REF] };

/** An adapter's answer of failure to `invocation()`. */
export const failed = (fields: Readonly<Record<string, unknown>> = {}) => ({
  ...{
    success: false,
    tool_run_ref: 'run-1',
    tenant_id: 't1',
    error_class: 'DOWNSTREAM',
    error_code: 'CRM_DOWN',
  },
  ...{ error_message: 'the CRM is down', transient: false, effect: 'NONE', external_object_refs: [] },
  ...fields,
});

export const invocation = (fields: Partial<ToolInvocation> = {}): ToolInvocation => ({
  ...{ tenant_id: 't1', account_id: 'a1', action_intent_id: 'i1', plan_id: 'p1', step_id: 's1', attempt: 1 },
  ...{ tool_name: 'crm.create_case', arguments: { subject: 'Escalation' }, idempotency_key: 'k1' },
  ...fields,
});

/** Gives out tokens by name: the first is held until it is renewed. */
export const tokens = (...names: string[]): TokenSource & { renewed: number } => {
  const source = {
    renewed: 0,
    get: async () => names[Math.min(source.renewed, names.length - 1)] ?? 'token',
    renew: () => {
      source.renewed += 1;
      return source.get();
    },
  };
  return source;
};

/** What a promise rejects with, as far as it travels to an outcome. */
export const faultOf = async (work: Promise<unknown>): Promise<Record<string, unknown>> => {
  const value = await work.then(
    (settled) => new Error(`not rejected but ${JSON.stringify(settled)}`),
    (error: Error) => error,
  );
  const { name, message, error_class, error_code } = value as Error & Record<string, unknown>;
  return { name, message, error_class, error_code };
};
