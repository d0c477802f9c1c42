import type { Log } from '../../../src/application/ports/observability.ts';

export interface LogLine {
  readonly level: 'info' | 'error';
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>> | undefined;
}

/** A log that keeps its lines. */
export const recordedLog = (): { readonly log: Log; readonly lines: LogLine[] } => {
  const lines: LogLine[] = [];
  const add = (level: LogLine['level']) => (message: string, data?: LogLine['data']) =>
    void lines.push({ level, message, data });
  return { lines, log: { info: add('info'), error: add('error') } };
};
