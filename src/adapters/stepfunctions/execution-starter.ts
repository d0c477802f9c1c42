import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { ExecutionStarter } from '../../application/ports/executions.ts';
import { translateError } from '../transient-errors.ts';

/** Some execution has, or had within the last 90 days, this name, and other input or an end. */
const ALREADY_EXISTS = 'ExecutionAlreadyExists';

/** `arn:…:stateMachine:NAME` → `arn:…:execution:NAME:EXECUTION`, as the executions of a STANDARD machine are called. */
const executionArn = (stateMachineArn: string, name: string): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

/**
 * Starts executions of one state machine by name. Executions of an EXPRESS machine may share a name: there two that start at once both
 * run, and the second finds the intent taken.
 */
export const createExecutionStarter = (
  client: Pick<SFNClient, 'send'>,
  stateMachineArn: string,
): ExecutionStarter => ({
  async startIfNew({ name, input }) {
    const request = { stateMachineArn, name, input: JSON.stringify(input) };
    try {
      const started = await client.send(new StartExecutionCommand(request));
      return { execution_arn: String(started.executionArn) };
    } catch (error) {
      if ((error as Error).name !== ALREADY_EXISTS) throw translateError(error);
      return { execution_arn: executionArn(stateMachineArn, name) };
    }
  },
});
