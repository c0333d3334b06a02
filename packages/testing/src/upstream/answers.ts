import { randomUUID } from 'node:crypto';
import { type Answer, handled, jsonAnswer } from '../scripting/answer.ts';
import type { FaultyExchange } from '../scripting/faults.ts';
import type { Handler } from '../scripting/script.ts';
import type { UpstreamRequest } from './requests.ts';

/** What an upstream says when nobody told it otherwise: what it saw, but for credentials. */
export function echoAnswer(request: UpstreamRequest): Answer {
  return jsonAnswer(
    {
      method: request.method,
      target: request.target,
      headers: withoutCredentials(request.rawHeaders),
      bodyLength: request.bodyLength,
      bodySha256: request.bodySha256,
    },
    200,
    { 'cache-control': 'no-cache' },
  );
}

function withoutCredentials(rawHeaders: string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    const isSecret = /^(authorization|proxy-authorization|cookie|dpop)$/i.test(name);
    pairs.push([name, isSecret ? '(withheld)' : value]);
  }
  return pairs;
}

/** The refusal of an access token (RFC 6750 §3.1). */
export function invalidToken(): Handler<FaultyExchange> {
  return () =>
    jsonAnswer({ error: 'invalid_token' }, 401, {
      'www-authenticate': 'Bearer realm="test", error="invalid_token", error_description="expired"',
    });
}

/**
 * Wants a nonce in every proof of possession (RFC 9449 §9).
 *
 * @param nonce asked at each request; undefined stands for one that no proof has
 * @param scheme as it is written in the challenge
 */
export function wantsNonce(
  nonce: () => string | undefined,
  scheme = 'DPoP',
): Handler<FaultyExchange & { request: UpstreamRequest }> {
  return async ({ request }, next) => {
    const wanted = nonce();
    const proof = [request.headers.dpop].flat()[0] ?? '';
    const claims = Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString() || '{}';
    if (wanted !== undefined && JSON.parse(claims).nonce === wanted) return next();
    return jsonAnswer({ error: 'use_dpop_nonce' }, 401, {
      'www-authenticate': `${scheme} realm="test", error="use_dpop_nonce", algs="ES256"`,
      'dpop-nonce': wanted ?? randomUUID(),
    });
  };
}

/** So many bytes of a repeating pattern, without ever holding them all. */
export async function* patternBytes(length: number): AsyncGenerator<Uint8Array> {
  const block = Buffer.alloc(64 * 1024, 'coatcheck ');
  for (let left = length; left > 0; left -= block.length)
    yield left >= block.length ? block : block.subarray(0, left);
}

/** A stream of server-sent events that the test feeds. */
export interface EventStream {
  /** For `on(…)`; one stream serves one request. */
  handler: Handler<FaultyExchange>;
  /** Resolves when a client has connected. */
  opened: Promise<void>;
  /** Resolves when the client is gone, or after `end`. */
  closed: Promise<void>;
  /** Sends one event; text is split into `data:` lines. */
  send(data: string, fields?: { event?: string; id?: string }): void;
  end(): void;
}

/** Starts a stream that waits for its client. */
export function createEventStream(): EventStream {
  const opened = Promise.withResolvers<FaultyExchange['response']>();
  const closed = Promise.withResolvers<void>();
  return {
    opened: opened.promise.then(() => {}),
    closed: closed.promise,
    handler: ({ response }) => {
      response.on('close', closed.resolve);
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
      response.flushHeaders();
      opened.resolve(response);
      return handled;
    },
    send(data, { event, id } = {}) {
      const lines = [
        ...(event === undefined ? [] : [`event: ${event}`]),
        ...(id === undefined ? [] : [`id: ${id}`]),
        ...data.split('\n').map((line) => `data: ${line}`),
      ];
      opened.promise.then((response) => response.write(`${lines.join('\n')}\n\n`));
    },
    end() {
      opened.promise.then((response) => response.end());
    },
  };
}
