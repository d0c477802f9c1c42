import type { Log } from '../application/ports/observability.ts';

const write = (
  level: 'INFO' | 'ERROR',
  message: string,
  data: Readonly<Record<string, unknown>> = {},
): void => {
  process.stdout.write(`${JSON.stringify({ level, message, ...data })}\n`);
};

/** One JSON object a line, as CloudWatch Logs Insights reads it. */
export const jsonLog: Log = {
  info: (message, data) => write('INFO', message, data),
  error: (message, data) => write('ERROR', message, data),
};
