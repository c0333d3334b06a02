import type { Jar } from '@coatcheck/testing';
import { WebSocket } from 'ws';
import type { Rig } from '../rig.ts';

export interface WebSocketOptions {
  /** Default `/api/ws`. */
  readonly path?: string;
  readonly protocols?: readonly string[];
}

/** A WebSocket as a page of ours opens it, and all that came of it. */
export interface PageWebSocket {
  readonly socket: WebSocket;
  /** Names and values in turn, of the answer to the handshake. */
  readonly answerFields: string[];
  readonly messages: Buffer[];
  readonly opened: Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string; readonly at: number }>;
  readonly refused: Promise<{ readonly status: number; readonly body: string }>;
}

/** Opens a WebSocket with the cookies of a browser. */
export function openWebSocket(rig: Rig, jar: Jar, options: WebSocketOptions = {}): PageWebSocket {
  const { path = '/api/ws', protocols = [] } = options;
  const cookies = [...jar.cookies.values()].map(({ name, value }) => `${name}=${value}`);
  const socket = new WebSocket(`${rig.bff.url.replace(/^http/, 'ws')}${path}`, [...protocols], {
    origin: rig.bff.url,
    headers: cookies.length > 0 ? { cookie: cookies.join('; ') } : {},
    rejectUnauthorized: false,
  });
  const messages: Buffer[] = [];
  const answerFields: string[] = [];
  socket.on('error', () => {});
  socket.on('upgrade', ({ rawHeaders }) => answerFields.push(...rawHeaders));
  socket.on('message', (data) => {
    if (Buffer.isBuffer(data)) messages.push(data);
  });
  return {
    socket,
    messages,
    answerFields,
    opened: new Promise((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('close', () => reject(new Error('closed before it was open')));
    }),
    closed: new Promise((resolve) => {
      socket.once('close', (code, reason) =>
        resolve({ code, reason: String(reason), at: performance.now() }),
      );
    }),
    refused: new Promise((resolve) => {
      socket.once('unexpected-response', async (_request, response) => {
        answerFields.push(...response.rawHeaders);
        const chunks: string[] = await response.setEncoding('utf8').toArray();
        resolve({ status: response.statusCode ?? 0, body: chunks.join('') });
      });
    }),
  };
}

/** The lines of a handshake that is right in all but what is given. */
export function handshakeLines(
  rig: Rig,
  jar: Jar,
  { target = '/api/ws', origin = rig.bff.url }: { target?: string; origin?: string | null } = {},
): string[] {
  const cookies = [...jar.cookies.values()].map(({ name, value }) => `${name}=${value}`);
  return [
    `GET ${target} HTTP/1.1`,
    `Host: ${new URL(rig.bff.url).host}`,
    ...(origin === null ? [] : [`Origin: ${origin}`]),
    ...(cookies.length > 0 ? [`Cookie: ${cookies.join('; ')}`] : []),
    'Sec-Fetch-Site: same-origin',
    'Sec-Fetch-Mode: websocket',
    'Connection: keep-alive, Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
}
