import type { ExecutionRecord } from '../executions/execution.ts';

/**
 * What a child execution contributes to the output of its distributed Map: its output or, when it failed and that is
 * tolerated, a description of the execution.
 */
export function childResult(record: ExecutionRecord): unknown {
  if (record.output !== undefined) return JSON.parse(record.output);
  return {
    ExecutionArn: record.executionArn,
    Input: record.input,
    InputDetails: { Included: true },
    Name: record.name,
    ...(record.error !== undefined && { Error: record.error }),
    ...(record.cause !== undefined && { Cause: record.cause }),
    StartDate: record.startDate.toISOString(),
    StateMachineArn: record.stateMachineArn,
    Status: record.status,
    ...(record.stopDate && { StopDate: record.stopDate.toISOString() }),
  };
}
