import { taskDoesNotExist } from '../service-error.ts';

interface WaitingTask {
  readonly succeed: (output: unknown) => void;
  readonly fail: (error: string, cause: string) => void;
  readonly beat: () => void;
}

/** The tasks that wait for SendTaskSuccess or SendTaskFailure, by token. */
export class TaskTokens {
  readonly #waiting = new Map<string, WaitingTask>();

  wait(token: string, task: WaitingTask): void {
    this.#waiting.set(token, task);
  }

  forget(token: string): void {
    this.#waiting.delete(token);
  }

  /** Throws TaskDoesNotExist when nobody waits for this token (any more). */
  of(token: string): WaitingTask {
    const task = this.#waiting.get(token);
    if (!task) throw taskDoesNotExist();
    return task;
  }
}
