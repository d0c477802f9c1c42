import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { verifySignature } from '../../adapters/connectors/webhook/signature.ts';
import type { Clock } from '../../application/clock.ts';
import { listenOnLoopback, stopServer } from '../process/loopback-server.ts';

const delivery = z.object({
  event_type: z.string(),
  tenant_id: z.string(),
  account_id: z.string(),
  action_intent_id: z.string(),
  idempotency_key: z.string().min(1),
  payload: z.record(z.string(), z.unknown()),
});

/** One request that the receiver has acted on. */
export type Delivery = z.infer<typeof delivery> & {
  /** The receiver's own name for it, and what it answers with. */
  readonly id: string;
  readonly received_at: string;
};

/** What goes wrong with a request instead of an answer. Only after `drop: 'after'` has the receiver acted on it. */
export interface WebhookFault {
  /** Answers with this status and no body. */
  readonly status?: number;
  /** Never answers. */
  readonly hang?: boolean;
  /** Closes the connection without an answer. */
  readonly drop?: 'before' | 'after';
}

export interface WebhookReceiver {
  /** Where to send to. */
  readonly url: string;
  readonly port: number;
  /** The next `times` requests with a valid signature fail so, before any faults that were injected earlier; 1 by default. */
  inject(fault: WebhookFault, times?: number): void;
  /** What the receiver has acted on, one for each idempotency key, oldest first. */
  deliveries(): readonly Delivery[];
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface ReceiverOptions {
  readonly signingKey: string;
  readonly clock: Clock;
  /** A free one when absent. */
  readonly port?: number;
  /** How old a request may be, in seconds of the clock; a clock that runs fast makes requests old on their way. */
  readonly toleranceSeconds?: number;
}

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const parsedBody = (body: string): z.infer<typeof delivery> | undefined => {
  try {
    return delivery.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
};

const isSigned = (
  { headers }: IncomingMessage,
  body: string,
  { signingKey, clock, toleranceSeconds }: ReceiverOptions,
): boolean => {
  const timestamp = String(headers['x-cc-timestamp']);
  const signature = String(headers['x-cc-signature']);
  return verifySignature(signingKey, { timestamp, signature, body }, clock.now(), toleranceSeconds);
};

/**
 * A receiver of webhooks on 127.0.0.1 that acts once for each idempotency key: a request under a key that it knows gets the first
 * answer again. What is not signed with the key, or too long ago, gets 401.
 */
export const startWebhookReceiver = async (options: ReceiverOptions): Promise<WebhookReceiver> => {
  const known = new Map<string, Delivery>();
  const faults: WebhookFault[] = [];

  const act = (request: z.infer<typeof delivery>): Delivery => {
    const first = known.get(request.idempotency_key);
    if (first) return first;
    const received_at = options.clock.now().toISOString();
    const made = { ...request, id: `delivery-${known.size + 1}`, received_at };
    known.set(request.idempotency_key, made);
    return made;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    if (!isSigned(request, body, options))
      return json(response, 401, { error: 'the signature does not fit' });
    const asked = parsedBody(body);
    if (!asked || request.headers['idempotency-key'] !== asked.idempotency_key)
      return json(response, 400, { error: 'the body is no delivery, or not the one of the idempotency key' });
    const { status, hang, drop }: WebhookFault = faults.shift() ?? {};
    if (hang) return;
    if (status) return void response.writeHead(status).end();
    if (drop === 'before') return void request.socket.destroy();
    const { id } = act(asked);
    if (drop === 'after') return void request.socket.destroy();
    json(response, 200, { id });
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => request.socket.destroy());
  });
  const { url, port } = await listenOnLoopback(server, options.port);
  const stop = (): Promise<void> => stopServer(server);
  return {
    ...{ url: `${url}/`, port, stop, [Symbol.asyncDispose]: stop },
    inject: (fault, times = 1) => void faults.unshift(...Array.from({ length: times }, () => fault)),
    deliveries: () => [...known.values()],
  };
};
