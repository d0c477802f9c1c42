import type { RunTask } from './cycle-driver.ts';
import type { TaskEnd } from './machine-task.ts';

const record = (run: RunTask, execution: unknown, tool: TaskEnd): Promise<TaskEnd> =>
  'result' in tool
    ? run('RecordOutcome', { execution, result: tool.result })
    : run('RecordFailure', { execution, error: tool.caught });

/** Walks the states of execute-action. */
export const driveExecution = async (run: RunTask, execution_id: string, data: object): Promise<void> => {
  const started = await run('StartExecution', { execution_id, input: { detail: { data } } });
  if (!('result' in started)) return;
  const execution = started.result;
  const recorded = await record(run, execution, await run('InvokeTool', { execution }));
  if ('result' in recorded) await run('ApplyStepOutcome', { outcome: recorded.result });
};
