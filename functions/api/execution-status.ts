import { getExecutionStatus } from '../../src/application/get-execution-status.ts';
import { listExecutions } from '../../src/application/list-executions.ts';
import { type ReplayRefused, requestReplay } from '../../src/application/request-replay.ts';
import {
  executionStatusRequest,
  listExecutionsRequest,
  replayRequest,
} from '../../src/contracts/execution-status.ts';
import { errorAnswer, httpHandler, httpRoute, jsonAnswer } from '../../src/runtime/http-handler.ts';

const notFound = (id: string) => errorAnswer(404, 'NOT_FOUND', `the account has no action intent ${id}`);

const refusal = ({ code, message }: ReplayRefused) =>
  errorAnswer(code === 'NOT_FOUND' ? 404 : 409, code, message);

const status = httpRoute({
  input: executionStatusRequest,
  async run(runtime, { tenant_id }, input) {
    const found = await getExecutionStatus(runtime, { tenant_id, ...input });
    return found ? jsonAnswer(200, found) : notFound(input.action_intent_id);
  },
});

const list = httpRoute({
  input: listExecutionsRequest,
  run: async (runtime, { tenant_id }, input) =>
    jsonAnswer(200, await listExecutions(runtime, { tenant_id, ...input })),
});

const replay = httpRoute({
  input: replayRequest,
  async run(runtime, { tenant_id, sub: requested_by }, input) {
    const result = await requestReplay(runtime, { tenant_id, requested_by, ...input });
    if (!result.ok) return refusal(result);
    const { execution_arn, attempt_count } = result;
    return jsonAnswer(202, { execution_arn, attempt_count });
  },
});

/** How executions stand, and replays of those that have come to an end, for people and their programs. */
export const handler = httpHandler({
  environment: [
    'ACTION_INTENT_TABLE_NAME',
    'EXECUTION_ATTEMPTS_TABLE_NAME',
    'EXECUTION_OUTCOMES_TABLE_NAME',
    'LEDGER_TABLE_NAME',
    'EXECUTE_ACTION_MACHINE_ARN',
  ],
  routes: {
    'GET /executions/{action_intent_id}/status': status,
    'GET /accounts/{account_id}/executions': list,
    'POST /executions/{action_intent_id}/replay': replay,
  },
});
