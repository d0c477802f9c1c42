import type { LookupAddress } from 'node:dns';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';

/** How much of an answer's body is read, in bytes. */
const MAX_BODY_BYTES = 64 * 1024;

export interface Post {
  readonly url: URL;
  /** Where the request may go, whatever a name server says by now. */
  readonly addresses: readonly LookupAddress[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends the exchange wherever it stands. */
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  /** The beginning of the body, when the status is one of success; else empty. */
  readonly body: string;
}

/** No whole answer came. */
export interface Silence {
  /** Whether the request, or a part of it, may have reached the receiver. */
  readonly sent: boolean;
  readonly timedOut: boolean;
  readonly reason: string;
}

/** Answers later than the request's `socket` event, so that who listens for the connection does not miss it. */
const fixedTo =
  (addresses: readonly LookupAddress[]): LookupFunction =>
  (_host, _options, callback) =>
    void setImmediate(callback, null, [...addresses]);

const readBeginning = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString('utf8');
};

const answerOf = async (response: IncomingMessage): Promise<Answer> => {
  const status = Number(response.statusCode);
  return { status, body: status >= 200 && status < 300 ? await readBeginning(response) : '' };
};

/**
 * Makes one request on a connection of its own, follows nothing, and closes the connection. TLS checks the certificate against the
 * URL's host, whichever of the addresses it is that answers.
 */
export const exchange = ({ url, addresses, headers, body, signal }: Post): Promise<Answer | Silence> =>
  new Promise((resolve) => {
    const isPlain = url.protocol === 'http:';
    const request = (isPlain ? http : https).request(url, {
      ...{ method: 'POST', agent: false, lookup: fixedTo(addresses), autoSelectFamily: true, signal },
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      ...(isPlain ? {} : { rejectUnauthorized: true }),
    });
    let [sent, answered] = [false, false];
    const fail = ({ code, name }: NodeJS.ErrnoException): void =>
      resolve({ sent, timedOut: signal.aborted, reason: code ?? name });
    request.on('socket', (socket) => {
      socket.once(isPlain ? 'connect' : 'secureConnect', () => {
        sent = true;
      });
    });
    request.on('response', (response) => {
      answered = true;
      answerOf(response)
        .then(resolve, fail)
        .finally(() => request.destroy());
    });
    request.on('error', fail);
    request.on('close', () => {
      // A switch of protocols that nobody asked for ends in neither an answer nor an error.
      if (!answered) fail({ name: 'CLOSED', message: '' });
    });
    request.end(body);
  });
