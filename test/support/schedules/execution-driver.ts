import type { InvokedTool, MappedCall } from '../../../src/contracts/execute-action.ts';
import type { RunTask } from './cycle-driver.ts';
import type { TaskEnd } from './machine-task.ts';

type State = Readonly<Record<string, unknown>>;

const failed = (run: RunTask, state: State, end: Extract<TaskEnd, { caught: unknown }>): Promise<TaskEnd> =>
  run('RecordFailure', { state: { ...state, error: end.caught } });

const isToBeUndone = ({ compensation_strategy }: MappedCall, answer: InvokedTool): boolean =>
  !answer.success && answer.external_object_refs.length > 0 && compensation_strategy === 'AUTOMATIC';

const undone = async (run: RunTask, of: State, answer: InvokedTool): Promise<unknown> => {
  const { external_object_refs } = answer;
  const end = await run('CompensateAction', { ...of, external_object_refs });
  return { ...answer, compensation: 'result' in end ? { result: end.result } : end.caught };
};

/** From the preflight to the outcome that stands; every Catch on the way leads to RecordFailure. */
const carriedOut = async (run: RunTask, execution: unknown): Promise<TaskEnd> => {
  const preflight = await run('ValidatePreflight', { execution });
  if (!('result' in preflight)) return failed(run, { execution }, preflight);
  const mapped = await run('MapActionToTool', { execution });
  if (!('result' in mapped)) return failed(run, { execution }, mapped);
  const call = mapped.result as MappedCall;
  const tool = await run('InvokeTool', { execution, call });
  if (!('result' in tool)) return failed(run, { execution, call }, tool);
  const { arguments: _arguments, ...called } = call;
  const answered = tool.result as InvokedTool;
  const of = { execution, call: called };
  const answer = isToBeUndone(call, answered) ? await undone(run, of, answered) : answered;
  const recorded = await run('RecordOutcome', { ...of, result: answer });
  return 'result' in recorded ? recorded : failed(run, { execution, call, tool: { answer } }, recorded);
};

/** Walks the states of execute-action. */
export const driveExecution = async (run: RunTask, execution_id: string, data: object): Promise<void> => {
  const started = await run('StartExecution', { execution_id, input: { detail: { data } } });
  if (!('result' in started)) return;
  const recorded = await carriedOut(run, started.result);
  if (!('result' in recorded)) return;
  const outcome = recorded.result;
  const emitted = await run('EmitSignal', { outcome });
  if ('result' in emitted) await run('ApplyStepOutcome', { outcome });
};
