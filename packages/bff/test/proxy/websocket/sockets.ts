import type { IncomingMessage } from 'node:http';
import type { Jar } from '@coatcheck/testing';
import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import type { CoatcheckOptions } from '../../../src/index.ts';
import { type Rig, startRig } from '../../rig.ts';

type Route = NonNullable<CoatcheckOptions['routes']>[number];

/**
 * A BFF whose `/api` lets WebSockets through, and a browser that is signed in. Closed when the test ends.
 *
 * @param more further routes to the same upstream
 */
export async function startSignedIn(
  route: Partial<Route> = {},
  more: (Partial<Route> & { prefix: string })[] = [],
  change: Partial<CoatcheckOptions> = {},
): Promise<{ rig: Rig; jar: Jar }> {
  const rig = await startRig(change, { websocket: true, ...route }, more);
  onTestFinished(() => rig.close());
  const jar = rig.browser();
  await rig.signIn(jar);
  return { rig, jar };
}

/** How a handshake was refused. */
export interface Refusal {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly code: string | undefined;
  readonly body: string;
}

/** A WebSocket as a browser's page opens it. */
export interface PageSocket {
  readonly socket: WebSocket;
  /** Texts, and binary messages as buffers. */
  readonly messages: (string | Buffer)[];
  readonly opened: Promise<void>;
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly refused: Promise<Refusal>;
}

export interface OpenOptions {
  readonly path?: string;
  /** Null sends none. */
  readonly origin?: string | null;
  readonly protocols?: string[];
  readonly headers?: Record<string, string>;
  readonly client?: ClientOptions;
}

/** Opens a WebSocket with a jar's cookies, or with none. */
export function openSocket(rig: Rig, jar: Jar | undefined, options: OpenOptions = {}): PageSocket {
  const { path = '/api/ws', origin = rig.url, protocols = [], headers = {}, client = {} } = options;
  const cookie = [...(jar?.cookies ?? [])].map(([name, { value }]) => `${name}=${value}`).join('; ');
  const socket = new WebSocket(`${rig.url.replace('http', 'ws')}${path}`, protocols, {
    perMessageDeflate: true,
    headers: {
      ...(cookie === '' ? {} : { cookie }),
      ...(origin === null ? {} : { origin }),
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'websocket',
      ...headers,
    },
    ...client,
  });
  onTestFinished(() => socket.terminate());
  const messages: (string | Buffer)[] = [];
  socket.on('message', (data, isBinary) => {
    if (Buffer.isBuffer(data)) messages.push(isBinary ? data : data.toString());
  });
  socket.on('error', () => {});
  return {
    socket,
    messages,
    opened: new Promise((resolve) => socket.once('open', () => resolve())),
    closed: new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
    }),
    refused: new Promise((resolve) => {
      socket.once('unexpected-response', async (_request, response) => {
        const chunks: string[] = await response.setEncoding('utf8').toArray();
        const { statusCode: status = 0, headers } = response;
        const code = headers['coatcheck-problem'];
        resolve({ status, headers, code: code && String(code), body: chunks.join('') });
      });
    }),
  };
}

/** Opens a WebSocket and waits until it is open at both ends. */
export async function openedSocket(
  rig: Rig,
  jar: Jar,
  options?: OpenOptions,
): Promise<PageSocket & { upstream: WebSocket }> {
  const before = rig.upstream.webSockets.length;
  const page = openSocket(rig, jar, options);
  await page.opened;
  const upstream = rig.upstream.webSockets[before];
  if (!upstream) throw new Error('the upstream saw no WebSocket');
  return { ...page, upstream };
}
