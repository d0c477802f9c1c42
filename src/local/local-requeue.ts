import type { Clock } from '../application/clock.ts';
import type { DecisionRequeue } from '../application/ports/decisions.ts';
import type { Log } from '../application/ports/observability.ts';
import type { LocalLambda } from './lambda.ts';

export interface LocalRequeueOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly invoke: LocalLambda['invoke'];
  newId(): string;
  /** The deployed name of the function that triggers come back to. */
  costGate(): string;
}

export interface LocalRequeue extends DecisionRequeue {
  /** Invokes a function for an event, which waits for no answer. */
  invokeLater(functionName: string, payload: unknown): void;
  /** Ends all waiting. */
  stop(): void;
}

/** Attempts that Lambda makes of an asynchronous invocation. They follow at once here; on AWS after one minute and two. */
const ATTEMPTS = 3;

/**
 * Stands for EventBridge Scheduler, and for Lambda where nobody waits for an answer: timers on the local clock. They are gone when the
 * process is. What fails for good is logged, since there are no dead letters here.
 */
export const createLocalRequeue = (options: LocalRequeueOptions): LocalRequeue => {
  const { clock, log, invoke, newId, costGate } = options;
  const stopping = new AbortController();
  const waiting = new Set<string>();

  const attempt = async (functionName: string, payload: unknown, awsRequestId: string): Promise<void> => {
    for (let attempts = 1; !stopping.signal.aborted; attempts += 1) {
      try {
        await invoke(functionName, payload, { awsRequestId });
        return;
      } catch (error) {
        const { name, message } = error as Error;
        if (attempts < ATTEMPTS) continue;
        log.error('an event came to nothing', { function: functionName, error: name, message });
        return;
      }
    }
  };

  const invokeLater = (functionName: string, payload: unknown): void =>
    void attempt(functionName, payload, newId());

  return {
    invokeLater,
    async at(instant, detail) {
      const name = JSON.stringify(detail);
      if (waiting.has(name)) return;
      waiting.add(name);
      const milliseconds = Math.max(0, Date.parse(instant) - clock.now().getTime());
      const comeBack = (): void => {
        waiting.delete(name);
        invokeLater(costGate(), { detail });
      };
      void clock.sleep(milliseconds, stopping.signal).then(comeBack, () => {});
    },
    stop: () => stopping.abort(),
  };
};
