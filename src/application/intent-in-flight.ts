import type { ActionIntent } from '../domain/intent/action-intent.ts';
import { IntentNotFoundError } from './errors.ts';
import type { IntentStore } from './ports/executions.ts';
import type { Scope } from './ports/scope.ts';

/**
 * The intent of that id.
 *
 * @throws IntentNotFoundError when that tenant and account have none.
 */
export const requireIntent = async (
  intents: IntentStore,
  scope: Scope,
  actionIntentId: string,
): Promise<ActionIntent> => {
  const intent = await intents.get(scope, actionIntentId);
  if (intent) return intent;
  const { tenant_id, account_id } = scope;
  throw new IntentNotFoundError(
    `tenant ${tenant_id}, account ${account_id} has no action intent ${actionIntentId}`,
  );
};
