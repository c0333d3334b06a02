import type { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { ClientAuthenticationMethod } from './settings.ts';

export type Endpoint =
  | 'discovery'
  | 'jwks'
  | 'authorize'
  | 'sign_in'
  | 'par'
  | 'token'
  | 'userinfo'
  | 'revocation'
  | 'introspection'
  | 'end_session'
  | 'unknown';

/** One request, as it came. It is recorded on arrival; `body`, `text` and `form` follow when they are complete. */
export interface RecordedRequest {
  endpoint: Endpoint;
  method: string;
  path: string;
  /** The raw request target. */
  target: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  body: Buffer;
  text: string;
  /** The body's members, if it is a form. */
  form: URLSearchParams;
  /** How the client proved who it is, where the endpoint asks for that. */
  client?: { method: ClientAuthenticationMethod; clientId: string; clientSecret?: string };
  /** What the client showed of itself in the TLS handshake. */
  certificate?: X509Certificate;
  /** The parameters that counted at `authorize`: from the query, the form, the pushed request or the request object. */
  authorization?: URLSearchParams;
  /** Unix time in milliseconds, by the real clock. */
  time: number;
}

/** What handlers of `on(…)` get. */
export interface Exchange {
  endpoint: Endpoint;
  request: RecordedRequest;
  response: ServerResponse;
}

const bodyLimit = 4 * 1024 * 1024;

/** The part of a record that is known when the head has come. */
export function recordHead(request: IncomingMessage, endpoint: Endpoint): RecordedRequest {
  const target = request.url ?? '/';
  const [path = '/', ...rest] = target.split('?');
  const certificate =
    request.socket instanceof TLSSocket ? request.socket.getPeerX509Certificate() : undefined;
  return {
    endpoint,
    method: request.method ?? 'GET',
    path,
    target,
    query: new URLSearchParams(rest.join('?')),
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    body: Buffer.alloc(0),
    text: '',
    form: new URLSearchParams(),
    time: Date.now(),
    ...(certificate ? { certificate } : {}),
  };
}

/** Reads the body into the record. Only the first 4 MiB are kept. */
export async function recordBody(request: IncomingMessage, record: RecordedRequest): Promise<void> {
  const chunks: Buffer[] = [];
  let kept = 0;
  for await (const chunk of request) {
    if (kept < bodyLimit) chunks.push(chunk);
    kept += chunk.length;
  }
  record.body = Buffer.concat(chunks);
  record.text = record.body.toString();
  const type = record.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') record.form = new URLSearchParams(record.text);
}
