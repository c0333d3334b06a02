import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { parseSetCookie, type SetCookie } from './cookies.ts';

/** A response's head. */
export interface JarHead {
  url: string;
  status: number;
  statusText: string;
  headers: Headers;
  /** Names and values in turn, as they came. */
  rawHeaders: string[];
  /** One entry for each `Set-Cookie` line. */
  setCookies: SetCookie[];
}

/** A response, read to its end. */
export interface JarResponse extends JarHead {
  /** Where a redirect points, as an absolute URL; undefined for other answers. */
  location: string | undefined;
  text(): Promise<string>;
  json(): Promise<unknown>;
  bytes(): Promise<Buffer>;
  rawTrailers: string[];
}

/** A response whose body is still coming. */
export interface JarStream extends JarHead {
  /** The body as it comes; rejects when the transfer is cut off. */
  chunks: AsyncIterable<Buffer>;
  /** Reads the body to its end. */
  whole(): Promise<JarResponse>;
  /** Goes away. */
  close(): void;
}

export interface SendOptions {
  url: URL;
  target: string;
  method: string;
  headers: Record<string, string | string[]>;
  body: string | Uint8Array | undefined;
  signal: AbortSignal | undefined;
  ca: string | Buffer | undefined;
}

/** Sends with node:http, since `fetch` forbids setting Cookie, Host and Sec-Fetch headers. */
export async function sendRequest({
  url,
  target,
  method,
  headers,
  body,
  signal,
  ca,
}: SendOptions): Promise<JarStream> {
  const options = { method, headers, path: target, agent: false, ...(signal ? { signal } : {}) };
  const request =
    url.protocol === 'https:'
      ? httpsRequest(url, { ...options, ...(ca ? { ca } : { rejectUnauthorized: false }) })
      : httpRequest(url, options);
  const arrival = once(request, 'response');
  request.end(body);
  request.on('error', () => {}); // after the head it is the body's reader who learns of it
  const [incoming]: IncomingMessage[] = await arrival;
  if (!incoming) throw new Error('no response');

  const { rawHeaders } = incoming;
  const fields = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2)
    fields.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  const head: JarHead = {
    url: `${url.origin}${target}`,
    status: incoming.statusCode ?? 0,
    statusText: incoming.statusMessage ?? '',
    headers: fields,
    rawHeaders,
    setCookies: fields.getSetCookie().map(parseSetCookie),
  };
  return {
    ...head,
    chunks: incoming,
    whole: async () => readWhole(head, incoming),
    close: () => {
      request.destroy();
    },
  };
}

async function readWhole(head: JarHead, incoming: IncomingMessage): Promise<JarResponse> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const location = head.headers.get('location');
  return {
    ...head,
    location: location === null ? undefined : new URL(location, head.url).href,
    text: async () => bytes.toString(),
    json: async () => JSON.parse(bytes.toString()),
    bytes: async () => bytes,
    rawTrailers: incoming.rawTrailers,
  };
}
