import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What a scripted server sends back. */
export interface Answer {
  status: number;
  statusText?: string;
  /** By name, or a flat list `[name, value, name, value]` that keeps case, order and duplicates. */
  headers?: AnswerHeaders;
  body?: AnswerBody;
  trailers?: Record<string, string>;
  /** Interim answers (1xx), sent before this one. */
  interim?: { status: number; headers: Record<string, string> }[];
}

export type AnswerHeaders = Record<string, string | string[]> | string[];
export type AnswerBody = string | Uint8Array | AsyncIterable<string | Uint8Array>;

/** A handler's own word that it has dealt with the response itself. */
export const handled: Handled = 'handled';
export type Handled = 'handled';

/** A JSON answer; `Cache-Control: no-store`, as RFC 6749 §5.1 wants it of tokens. */
export function jsonAnswer(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(value),
  };
}

/** An HTML answer. */
export function htmlAnswer(html: string, status = 200, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers }, body: html };
}

/** A redirect without a body. */
export function redirectAnswer(location: string, status = 302, headers: Record<string, string> = {}): Answer {
  return { status, headers: { location, 'cache-control': 'no-store', ...headers } };
}

/** Writes an answer, with back-pressure. A peer that has gone away is not an error. */
export async function writeAnswer(response: ServerResponse, answer: Answer): Promise<void> {
  if (response.destroyed) return;
  for (const { status, headers } of answer.interim ?? []) writeInterim(response, status, headers);

  const headers = withFraming(answer, response.req.method === 'HEAD');
  if (answer.statusText === undefined) response.writeHead(answer.status, headers);
  else response.writeHead(answer.status, answer.statusText, headers);

  const { body } = answer;
  if (body === undefined || response.req.method === 'HEAD') {
    // Nothing follows the head.
  } else if (typeof body === 'string' || body instanceof Uint8Array) {
    response.write(body);
  } else {
    await pipeline(Readable.from(body), response, { end: false }).catch(ignoreDeparture);
  }
  if (response.destroyed) return;
  if (answer.trailers) response.addTrailers(answer.trailers);
  response.end();
}

/** Node would frame every body as chunked, since the head is written first: give a known length by name. */
function withFraming(answer: Answer, isHead: boolean): string[] {
  const raw = Array.isArray(answer.headers) ? [...answer.headers] : flatten(answer.headers ?? {});
  const names = raw.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const isFramed = names.includes('content-length') || names.includes('transfer-encoding');
  const mayHaveBody = answer.status >= 200 && answer.status !== 204 && answer.status !== 304;
  if (isFramed || answer.trailers || !mayHaveBody) return raw;
  const { body } = answer;
  if (body === undefined && !isHead) raw.push('content-length', '0');
  if (typeof body === 'string' || body instanceof Uint8Array) {
    raw.push('content-length', String(Buffer.byteLength(body)));
  }
  return raw;
}

function flatten(headers: Record<string, string | string[]>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one) => [name, one]),
  );
}

function writeInterim(response: ServerResponse, status: number, headers: Record<string, string>): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  response.socket?.write(`HTTP/1.1 ${status} Interim\r\n${lines.join('')}\r\n`);
}

function ignoreDeparture(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE' && error.code !== 'ECONNRESET') throw error;
}
