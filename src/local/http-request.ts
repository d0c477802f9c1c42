import type { IncomingMessage } from 'node:http';

/**
 * The body of a request as text; undefined when it is larger than `maxBytes`. It is read to its end even so, or the client would never see
 * the answer.
 */
export const readBody = async (request: IncomingMessage, maxBytes: number): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes <= maxBytes) chunks.push(chunk as Buffer);
  }
  return bytes <= maxBytes ? Buffer.concat(chunks).toString('utf8') : undefined;
};

/** The token that a request shows; empty when it shows none. */
export const bearerOf = ({ authorization = '' }: IncomingMessage['headers']): string =>
  /^bearer (.+)$/i.exec(authorization)?.[1] ?? '';
