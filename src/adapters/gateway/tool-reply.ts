import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { EffectUnknownError, InvalidToolResponseError, TransientError } from '../../application/errors.ts';
import type { ToolResult } from '../../application/ports/tools.ts';
import { type ToolAnswer, type ToolFailure, toolAnswer } from '../../contracts/tools.ts';
import { OUTCOME_UNKNOWN } from '../../domain/execution/execution.ts';

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Where an answer may stand: the first text, which holds JSON, or the structured content. */
const candidatesOf = ({ structuredContent, content }: CallToolResult): unknown[] => {
  const text = content.find((item) => item.type === 'text');
  return [text && parsed(text.text), structuredContent].filter((candidate) => candidate !== undefined);
};

const fitting = (result: CallToolResult): ToolAnswer | undefined =>
  candidatesOf(result)
    .map((candidate) => toolAnswer.safeParse(candidate).data)
    .find((answer) => answer !== undefined);

/** Whether an adapter, or the gateway for it, says that it failed instead of answering. */
export const isFailureOfAdapter = (result: CallToolResult): boolean =>
  result.isError === true && fitting(result) === undefined;

/**
 * The answer that a reply holds.
 *
 * @throws InvalidToolResponseError when it holds none; the message names where it does not fit, never a value.
 */
export const answerOf = (tool: string, result: CallToolResult): ToolAnswer => {
  const answer = fitting(result);
  if (answer) return answer;
  const [candidate] = candidatesOf(result);
  if (candidate === undefined) throw new InvalidToolResponseError(`${tool} answered without JSON`);
  const paths = toolAnswer.safeParse(candidate).error?.issues.map(({ path }) => path.join('.') || 'answer');
  throw new InvalidToolResponseError(`the answer of ${tool} does not fit at ${paths?.join(', ')}`);
};

const failureOf = (failure: ToolFailure): ToolResult => {
  const { effect, error_class, error_code, error_message, external_object_refs, tool_run_ref } = failure;
  const common = { success: false, error_class, external_object_refs, tool_run_ref } as const;
  return effect === 'UNKNOWN'
    ? {
        ...common,
        error_code: OUTCOME_UNKNOWN,
        error_message: [error_code, error_message].filter(Boolean).join(': '),
      }
    : { ...common, error_code, error_message };
};

/**
 * What an answer stands for to the use case.
 *
 * @throws TransientError when nothing was done and another try is likely to help.
 * @throws EffectUnknownError when another try is likely to help to find out what was done.
 */
export const toolResultOf = (answer: ToolAnswer): ToolResult => {
  if (answer.success) {
    const { success, external_object_refs, tool_run_ref } = answer;
    return { success, external_object_refs, tool_run_ref };
  }
  if (!answer.transient) return failureOf(answer);
  const { effect, error_class, error_code, error_message = error_code } = answer;
  const Kind = effect === 'NONE' ? TransientError : EffectUnknownError;
  throw new Kind(error_message, { error_class, error_code });
};
