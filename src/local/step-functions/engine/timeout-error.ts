import { StateMachine } from 'aws-local-stepfunctions';

const neverEnds = {
  StartAt: 'Wait',
  States: { Wait: { Type: 'Task' as const, Resource: 'none', TimeoutSeconds: 1e-6, End: true as const } },
};

/**
 * The engine keeps `States.TaskFailed` from matching a timeout by the class of its own timeout error, which it does not
 * export. One task that times out at once, when this module is loaded, gives us that class.
 */
async function engineTimeoutClass(): Promise<new () => Error> {
  const machine = new StateMachine(neverEnds, { validationOptions: { noValidate: true } });
  const handlers = { Wait: () => new Promise<never>(() => {}) };
  const run = machine.run({}, { overrides: { taskResourceLocalHandlers: handlers } });
  const failure = await run.result.catch((error: Error) => error.cause as Error);
  return (failure as Error).constructor as new () => Error;
}

const EngineTimeout = await engineTimeoutClass();

/** `States.Timeout` without a cause, as AWS gives it for a timeout and for a missed heartbeat alike. */
export function timeoutError(): Error {
  const error = new EngineTimeout();
  error.message = '';
  return error;
}

export const isTimeoutError = (error: unknown): boolean => error instanceof EngineTimeout;
