import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { type Answer, type AnswerBody, handled, htmlAnswer, jsonAnswer, redirectAnswer } from './answer.ts';
import { answerOf, type Handler } from './script.ts';

/** The least that a fault needs to know of an exchange. */
export interface FaultyExchange {
  response: ServerResponse;
}

type Fault = Handler<FaultyExchange>;

const jsonHeaders = { 'content-type': 'application/json' };

/** Ready-made handlers for `on(…)` of both servers. */
export const faults = {
  /** Any answer; the server does not act on the request. */
  answer:
    (answer: Answer): Fault =>
    () =>
      answer,

  /** A status, with a text body. */
  status:
    (status: number, body = '', headers: Record<string, string> = { 'content-type': 'text/plain' }): Fault =>
    () => ({ status, headers, body }),

  /** JSON text as it stands, for members that no object literal can express (`__proto__`, duplicates, NaN). */
  jsonText:
    (text: string, status = 200): Fault =>
    () => ({ status, headers: jsonHeaders, body: text }),

  /** An OAuth error (RFC 6749 §5.2), with any status, 200 included. */
  error:
    (error: string, status = 400, more: Record<string, unknown> = {}): Fault =>
    () =>
      jsonAnswer({ error, ...more }, status),

  html:
    (status = 200): Fault =>
    () =>
      htmlAnswer('<!doctype html><title>Sorry</title><p>Something went wrong.', status),
  invalidJson:
    (status = 200): Fault =>
    () => ({ status, headers: jsonHeaders, body: '{"access_token": nope' }),
  empty:
    (status = 200): Fault =>
    () => ({ status, headers: jsonHeaders }),

  /** The normal answer, cut in the middle; the length header agrees with what is sent. */
  truncatedJson: (): Fault => async (_, next) => {
    const answer = await answerOf(next);
    const text = await textOf(answer.body);
    return { status: answer.status, headers: jsonHeaders, body: text.slice(0, Math.ceil(text.length / 2)) };
  },

  /** The normal answer under another content type. */
  contentType:
    (type: string): Fault =>
    async (_, next) => {
      const answer = await answerOf(next);
      return { status: answer.status, headers: { 'content-type': type }, body: await textOf(answer.body) };
    },

  /** Valid JSON of about this many bytes, streamed; ends with the normal answer's members, if it has any. */
  hugeJson:
    (bytes: number): Fault =>
    async (_, next) => {
      const answer = await answerOf(next);
      return { status: 200, headers: jsonHeaders, body: padded(await textOf(answer.body), bytes) };
    },

  /** A gzip body that is small on the wire and grows to this many bytes. */
  gzipBomb:
    (bytes: number): Fault =>
    async (_, next) => {
      const answer = await answerOf(next);
      const gzip = createGzip();
      const text = await textOf(answer.body);
      (async () => {
        for await (const chunk of padded(text, bytes)) {
          if (gzip.destroyed) return;
          if (!gzip.write(chunk)) await new Promise((resolve) => gzip.once('drain', resolve));
        }
        gzip.end();
      })();
      return { status: 200, headers: { ...jsonHeaders, 'content-encoding': 'gzip' }, body: gzip };
    },

  /** The normal answer, a few bytes at a time. With `endless` white space keeps coming after it. */
  drip:
    (everyMs: number, { bytes = 1, endless = false } = {}): Fault =>
    async (exchange, next) => {
      const answer = await answerOf(next);
      const text = await textOf(answer.body);
      async function* drops() {
        for (let at = 0; (at < text.length || endless) && !exchange.response.destroyed; at += bytes) {
          yield text.slice(at, at + bytes) || ' ';
          await sleep(everyMs);
        }
      }
      return {
        status: answer.status,
        headers: { ...jsonHeaders, 'cache-control': 'no-store' },
        body: drops(),
      };
    },

  /** Waits before the server acts on the request. */
  delay:
    (ms: number): Fault =>
    async (_, next) => {
      await sleep(ms);
      return next();
    },

  /** Never answers; ends when the client gives up or the server goes down. */
  never:
    (): Fault =>
    async ({ response }) => {
      if (!response.destroyed) await new Promise((resolve) => response.once('close', resolve));
      return handled;
    },

  /** Resets the connection before the server has acted. */
  reset:
    (): Fault =>
    ({ response }) => {
      response.socket?.resetAndDestroy();
      return handled;
    },

  /** Lets the server act (rotate, revoke, use up the code), then resets the connection: the answer is lost. */
  loseAnswer:
    (): Fault =>
    async ({ response }, next) => {
      await next();
      response.socket?.resetAndDestroy();
      return handled;
    },

  /** Sends the head and half of the body, then resets the connection. */
  cutBody:
    (): Fault =>
    async ({ response }, next) => {
      const answer = await answerOf(next);
      const text = await textOf(answer.body);
      response.writeHead(answer.status, {
        ...jsonHeaders,
        'content-length': Buffer.byteLength(text) || 1000,
      });
      await new Promise((resolve) => response.write(text.slice(0, text.length / 2) || 'x', resolve));
      response.socket?.resetAndDestroy();
      return handled;
    },

  /** Sends exactly these bytes as the answer, HTTP or not, and closes. */
  rawBytes:
    (bytes: string | Uint8Array): Fault =>
    ({ response }) => {
      response.socket?.end(bytes);
      return handled;
    },

  redirect:
    (location: string, status: 301 | 302 | 303 | 307 | 308 = 302): Fault =>
    () =>
      redirectAnswer(location, status),
} as const;

/** An answer's body as text. */
export async function textOf(body: AnswerBody | undefined): Promise<string> {
  if (body === undefined) return '';
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

/** Puts a member of `bytes` zeros in front of a JSON object's members. */
async function* padded(json: string, bytes: number): AsyncGenerator<string> {
  yield '{"padding":"';
  const block = '0'.repeat(64 * 1024);
  for (let left = bytes; left > 0; left -= block.length)
    yield left >= block.length ? block : block.slice(0, left);
  const members = json.startsWith('{') ? json.slice(1, -1) : '';
  yield members ? `",${members}}` : '"}';
}
