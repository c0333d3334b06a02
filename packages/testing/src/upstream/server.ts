import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { handled, writeAnswer } from '../scripting/answer.ts';
import type { Gate } from '../scripting/gate.ts';
import { type ListenOptions, listen } from '../scripting/listener.ts';
import { createScript, type Handler, type HoldPoint, type Times } from '../scripting/script.ts';
import { echoAnswer } from './answers.ts';
import { recordRequest, type UpstreamRequest } from './requests.ts';
import { acceptWebSocket, echoMessages } from './web-socket.ts';

/** Which requests a handler is for: an exact path, a pattern of paths, or `'*'`. */
export type PathMatch = string | RegExp;

/** What handlers of `on(…)` get. */
export interface UpstreamExchange {
  request: UpstreamRequest;
  response: ServerResponse;
}

/** Decides about a WebSocket handshake; by default it is accepted and messages are echoed. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void | Promise<void>;

/** A scriptable resource server. */
export interface Upstream {
  /** Origin without a trailing slash. */
  url: string;
  port: number;
  /** Every request since the start or the last `clearRecords`, in order of arrival; upgrades too. */
  readonly requests: UpstreamRequest[];
  requestsOf(path: PathMatch): UpstreamRequest[];
  hits(path?: PathMatch): number;
  /** WebSockets accepted by the default upgrade handler. */
  readonly webSockets: WebSocket[];
  /** Connections open now. */
  readonly connections: number;
  /** What was sent that Node's HTTP parser refused. */
  readonly malformed: Error[];
  /** How many bytes of a request body are read in a second; default Infinity. */
  readRate: number;
  clearRecords(): void;

  /** Puts a handler before a path. Handlers do not wait for the body; `await request.received` does. */
  on(path: PathMatch, times: Times, handler: Handler<UpstreamExchange>): () => void;
  hold(path: PathMatch, point?: HoldPoint): Gate;
  /** Replaces the handling of upgrades. */
  onUpgrade(handler: UpgradeHandler): void;
  reset(): void;

  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a server on 127.0.0.1 that records every request byte for byte and answers with what it saw (credentials
 * left out), until told otherwise.
 *
 * @example
 * const upstream = await startUpstream();
 * upstream.on('/notes', 'once', invalidToken());
 * await upstream.close();
 */
export async function startUpstream(options: ListenOptions = {}): Promise<Upstream> {
  const script = createScript<UpstreamExchange>();
  const requests: UpstreamRequest[] = [];
  const malformed: Error[] = [];
  const webSockets: WebSocket[] = [];
  let upgrade: UpgradeHandler = acceptAndEcho(webSockets);

  const listener = await listen(options, {
    async onRequest(incoming, response) {
      const request = recordRequest(incoming, response, () => upstream.readRate);
      requests.push(request);
      const answer = await script.run({ request, response }, async () => {
        await request.received;
        return echoAnswer(request);
      });
      if (answer !== handled) await writeAnswer(response, answer);
    },
    onUpgrade(incoming, socket, head) {
      requests.push(recordRequest(incoming, undefined, () => Infinity));
      void upgrade(incoming, socket, head);
    },
    onMalformed: (error) => malformed.push(error),
  });

  const requestsOf = (path: PathMatch) => requests.filter((request) => matchesPath(path, request.path));
  const upstream: Upstream = {
    url: listener.url,
    port: listener.port,
    requests,
    requestsOf,
    hits: (path = '*') => requestsOf(path).length,
    webSockets,
    get connections() {
      return listener.connections;
    },
    malformed,
    readRate: Infinity,
    clearRecords() {
      requests.length = 0;
      malformed.length = 0;
    },
    on: (path, times, handler) => script.on(({ request }) => matchesPath(path, request.path), times, handler),
    hold: (path, point = 'before') => script.hold(({ request }) => matchesPath(path, request.path), point),
    onUpgrade(handler) {
      upgrade = handler;
    },
    reset() {
      script.clear();
      upgrade = acceptAndEcho(webSockets);
      upstream.readRate = Infinity;
    },
    goDown: listener.goDown,
    comeBack: listener.comeBack,
    async close() {
      script.clear();
      await listener.close();
    },
  };
  return upstream;
}

function matchesPath(wanted: PathMatch, path: string): boolean {
  if (wanted === '*') return true;
  return typeof wanted === 'string' ? wanted === path : wanted.test(path);
}

function acceptAndEcho(accepted: WebSocket[]): UpgradeHandler {
  return async (request, socket, head) => {
    const webSocket = await acceptWebSocket(request, socket, head);
    echoMessages(webSocket);
    accepted.push(webSocket);
  };
}
