import type { EndedExecution } from '../../src/domain/execution/execution-status.ts';
import { causeText } from './cycle-result.ts';
import { oneLine } from './one-line.ts';
import { EXIT_INTERRUPTED, type ToolAnswer } from './run-tool.ts';

/** A replay that was started. */
export interface StartedReplay {
  readonly action_intent_id: string;
  readonly execution_arn: string;
  /** Number of the execution. */
  readonly attempt_count: number;
}

const errorText = ({ error_code, error_class, error_message }: EndedExecution): string =>
  `${error_code} (${error_class ?? 'UNKNOWN'})${error_message === undefined ? '' : `: ${error_message}`}`;

const undoneText = ({ compensation_status, compensation_error }: EndedExecution): string[] =>
  compensation_status === 'NONE'
    ? []
    : [
        `  undone: ${compensation_status}${compensation_error === undefined ? '' : ` (${compensation_error})`}`,
      ];

const outcomeLines = (outcome: EndedExecution): string[] => [
  `  started ${outcome.started_at}, completed ${outcome.completed_at}`,
  ...outcome.external_object_refs.map(
    ({ system, object_type, object_id, object_url = '' }) =>
      `  ${system} ${object_type} ${object_id} ${object_url}`,
  ),
  ...undoneText(outcome),
];

/** How a replay ended. One of which nobody can tell whether it took effect counts as failed. */
export const replayReport = (replay: StartedReplay, outcome: EndedExecution): ToolAnswer => {
  const { action_intent_id: id, attempt_count } = replay;
  const { status } = outcome;
  const lines = [`${id}: execution ${attempt_count} ${status}`, ...outcomeLines(outcome)];
  return {
    exitCode: status === 'SUCCEEDED' ? 0 : 1,
    document: { ...replay, status, outcome },
    text: lines.map((line) => oneLine(line).trimEnd()).join('\n'),
    ...(status !== 'SUCCEEDED' && { complaint: oneLine(`${status}: ${errorText(outcome)}`) }),
  };
};

/** An execution that ended without an outcome of the replay: the intent was taken, or closed, before it began. */
export const replayNotRecorded = (
  replay: StartedReplay,
  ended: { readonly status?: string; readonly error?: string; readonly cause?: string },
): ToolAnswer => {
  const { status = 'UNKNOWN', error, cause } = ended;
  const why = `${error ?? status}: ${causeText(cause)}`;
  return {
    exitCode: 1,
    document: { ...replay, status, outcome: null, error: error ?? null, cause: cause ?? null },
    text: '',
    complaint: oneLine(`the execution recorded no outcome: ${why}`),
  };
};

export const replayInterrupted = (replay: StartedReplay, cliOptions: string): ToolAnswer => {
  const command = `aws stepfunctions describe-execution --execution-arn ${replay.execution_arn}${cliOptions}`;
  return {
    exitCode: EXIT_INTERRUPTED,
    document: { ...replay, status: 'RUNNING', interrupted: true, look_with: command },
    text: '',
    complaint: `Not waiting any longer; the execution goes on. Look at it with:\n  ${command}`,
  };
};
