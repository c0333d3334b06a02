import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** One request as the upstream saw it. It is recorded on arrival, the body's fields follow. */
export interface UpstreamRequest {
  method: string;
  /** The raw request target, byte for byte. */
  target: string;
  /** The target up to the first `?`. */
  path: string;
  httpVersion: string;
  /** Names and values in turn, with case, order and duplicates as they came. */
  rawHeaders: string[];
  headers: IncomingHttpHeaders;
  bodyLength: number;
  /** Hex; of all that came, kept or not. */
  bodySha256: string;
  /** The first 1 MiB. */
  body: Buffer;
  rawTrailers: string[];
  /** The body came to its end. */
  complete: boolean;
  /** The client went away before the answer was finished. */
  aborted: boolean;
  /** Resolves when the body has come to its end or the client is gone. */
  received: Promise<void>;
  /** Resolves when the answer is finished or the client is gone. */
  closed: Promise<void>;
  /** Unix time in milliseconds. */
  time: number;
}

const keptBytes = 1024 * 1024;

/** The values of one header, however often it was sent. */
export function headerValues(request: Pick<UpstreamRequest, 'rawHeaders'>, name: string): string[] {
  const { rawHeaders } = request;
  return rawHeaders.filter(
    (_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name.toLowerCase(),
  );
}

/**
 * Records a request and reads its body in the background.
 *
 * @param rate asks how many bytes a second may be read now
 */
export function recordRequest(
  incoming: IncomingMessage,
  response: ServerResponse | undefined,
  rate: () => number,
): UpstreamRequest {
  const target = incoming.url ?? '';
  const received = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const record: UpstreamRequest = {
    method: incoming.method ?? '',
    target,
    path: target.split('?')[0] ?? '',
    httpVersion: incoming.httpVersion,
    rawHeaders: incoming.rawHeaders,
    headers: incoming.headers,
    bodyLength: 0,
    bodySha256: createHash('sha256').digest('hex'),
    body: Buffer.alloc(0),
    rawTrailers: [],
    complete: false,
    aborted: false,
    received: received.promise,
    closed: closed.promise,
    time: Date.now(),
  };
  response?.on('close', () => {
    record.aborted = !response.writableFinished;
    closed.resolve();
  });
  readBody(incoming, record, rate).finally(received.resolve);
  return record;
}

async function readBody(
  incoming: IncomingMessage,
  record: UpstreamRequest,
  rate: () => number,
): Promise<void> {
  const hash = createHash('sha256');
  const kept: Buffer[] = [];
  try {
    for await (const chunk of incoming) {
      hash.update(chunk);
      if (record.bodyLength < keptBytes) kept.push(chunk.subarray(0, keptBytes - record.bodyLength));
      record.bodyLength += chunk.length;
      const perSecond = rate();
      if (perSecond !== Infinity) await sleep((chunk.length / perSecond) * 1000, undefined, { ref: false });
    }
    record.complete = incoming.complete;
  } catch {
    // Cut off: `complete` stays false.
  }
  record.body = Buffer.concat(kept);
  record.bodySha256 = hash.digest('hex');
  record.rawTrailers = incoming.rawTrailers;
}
