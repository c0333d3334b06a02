import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext, CDPSession, Page, Request, Response } from '@playwright/test';
import { type Sighting, sighting } from './places.ts';

/** How long a search waits for requests that are under way; streams are searched as far as they have come. */
const graceMs = 1000;
/** How much of a stream is searched again with the next chunk. */
const tailLength = 4096;
/** How long reading headers and bodies may take after that. */
const readingMs = 15_000;

/** What went over the wire and the console since recording began. */
export interface Traffic {
  /** Everything so far, once what is still being read has been read. */
  sightings(): Promise<Sighting[]>;
  /** Responses whose body could not be read. */
  unread(): string[];
  /** The CDP session of a page. */
  session(page: Page): Promise<CDPSession>;
  /** How many responses were seen. */
  readonly responses: number;
}

/**
 * Records a context from now on. Playwright reports every page, popup, worker and service worker from its first
 * request; CDP adds bodies that are still streaming, server-sent events, and values written to web storage.
 */
export function recordTraffic(context: BrowserContext): Traffic {
  const seen: Sighting[] = [];
  const reading = new Set<Promise<void>>();
  const underWay = new Set<Request>();
  const sessions = new Map<Page, Promise<CDPSession>>();
  const readByCdp = new Set<string>();
  const unreadable = new Map<string, string>();
  let responses = 0;

  const note: Note = (place, where, data) => {
    seen.push(sighting(place, where, data));
  };
  const read = (work: Promise<void>) => {
    const settled = work.catch(() => {}).finally(() => reading.delete(settled));
    reading.add(settled);
  };

  context.on('request', (request) => {
    if (request.resourceType() !== 'eventsource') underWay.add(request);
    note('url', request.url(), request.url());
    const body = request.postDataBuffer();
    if (body) note('request-body', request.url(), body);
  });
  context.on('response', (response) => {
    responses += 1;
    // Also one that a `fetch` asked for is not meant to end.
    if (isEventStream(response)) underWay.delete(response.request());
    read(readHeaders(response, note));
  });
  context.on('requestfailed', (request) => underWay.delete(request));
  context.on('requestfinished', (request) => {
    underWay.delete(request);
    read(readBody(request, note, (url, problem) => unreadable.set(url, problem)));
  });
  context.on('console', (message) => {
    const where = message.location().url;
    note('console', where, message.text());
    // The text cuts long strings inside objects.
    const values = message
      .args()
      .map(async (arg) => note('console', where, JSON.stringify(await arg.jsonValue()) ?? ''));
    read(Promise.allSettled(values).then(() => {}));
  });
  context.on('weberror', (error) =>
    note('console', 'uncaught error', String(error.error().stack ?? error.error())),
  );

  const attach = (page: Page) => {
    page.on('framenavigated', (frame) => note('url', frame.url(), frame.url()));
    page.on('websocket', (socket) => {
      note('url', socket.url(), socket.url());
      socket.on('framereceived', ({ payload }) =>
        note('web-socket', `received from ${socket.url()}`, payload),
      );
      socket.on('framesent', ({ payload }) => note('web-socket', `sent to ${socket.url()}`, payload));
    });
    const session = context.newCDPSession(page).then(async (opened) => {
      await recordByCdp(opened, note, read, readByCdp);
      return opened;
    });
    session.catch(() => {}); // a page that closed at once; whoever asks for its session learns of it
    sessions.set(page, session);
  };
  for (const page of context.pages()) attach(page);
  context.on('page', (page) => {
    attach(page);
  });

  return {
    async sightings() {
      const grace = AbortSignal.timeout(graceMs);
      while (underWay.size > 0 && !grace.aborted) await sleep(20);
      const deadline = AbortSignal.timeout(readingMs);
      while (reading.size > 0) {
        await Promise.race([...reading, sleep(500)]);
        if (deadline.aborted) throw new Error(`${reading.size} headers or bodies could not be read in time.`);
      }
      return seen;
    },
    unread: () =>
      [...unreadable].filter(([url]) => !readByCdp.has(url)).map(([url, problem]) => `${url}: ${problem}`),
    async session(page) {
      const session = sessions.get(page);
      if (!session) throw new Error('This page is not of the context that is being watched.');
      return session;
    },
    get responses() {
      return responses;
    },
  };
}

function isEventStream(response: Response): boolean {
  const [type = ''] = (response.headers()['content-type'] ?? '').split(';');
  return type.trim().toLowerCase() === 'text/event-stream';
}

type Note = (place: Sighting['place'], where: string, data: string | Buffer) => void;

async function readHeaders(response: Response, note: Note): Promise<void> {
  const url = response.url();
  const [received, sent] = await Promise.all([response.headersArray(), response.request().headersArray()]);
  for (const { name, value } of received) note('response-header', `${name.toLowerCase()} of ${url}`, value);
  for (const { name, value } of sent) {
    // Of HTTP/2: a part of the URL, which was seen.
    if (name === ':path') continue;
    // A Referer is told by what it refers to: that decides whether it may say so.
    const where =
      name.toLowerCase() === 'referer' ? `referer of ${value}` : `${name.toLowerCase()} of ${url}`;
    note('request-header', where, value);
  }
}

/** Redirects and empty answers have no body that a browser keeps. */
async function readBody(
  request: Request,
  note: Note,
  fail: (url: string, problem: string) => void,
): Promise<void> {
  const response = await request.response();
  if (!response || request.method() === 'HEAD') return;
  const status = response.status();
  if (status === 204 || (status >= 300 && status < 400)) return;
  try {
    note('response-body', response.url(), await response.body());
  } catch (error) {
    fail(response.url(), error instanceof Error ? error.message : String(error));
  }
}

async function recordByCdp(
  session: CDPSession,
  note: Note,
  read: (work: Promise<void>) => void,
  readUrls: Set<string>,
): Promise<void> {
  const urls = new Map<string, string>();
  const urlOf = (requestId: string) => urls.get(requestId) ?? `request ${requestId}`;
  const tails = new Map<string, Buffer>();
  // A credential may straddle chunks, so each is searched together with the end of what came before.
  const noteChunk = (requestId: string, base64: string) => {
    const before = tails.get(requestId) ?? Buffer.alloc(0);
    const together = Buffer.concat([before, Buffer.from(base64, 'base64')]);
    note('response-body', urlOf(requestId), together);
    tails.set(requestId, together.subarray(-tailLength));
  };

  session.on('Network.responseReceived', ({ requestId, response }) => {
    urls.set(requestId, response.url);
    read(
      session.send('Network.streamResourceContent', { requestId }).then(({ bufferedData }) => {
        noteChunk(requestId, bufferedData);
      }),
    );
  });
  session.on('Network.dataReceived', ({ requestId, data }) => {
    if (data) noteChunk(requestId, data);
  });
  session.on('Network.loadingFinished', ({ requestId }) => {
    tails.delete(requestId);
    read(
      session.send('Network.getResponseBody', { requestId }).then(({ body, base64Encoded }) => {
        note('response-body', urlOf(requestId), Buffer.from(body, base64Encoded ? 'base64' : 'utf8'));
        readUrls.add(urlOf(requestId));
      }),
    );
  });
  session.on('Network.eventSourceMessageReceived', ({ requestId, data, eventId }) => {
    note('event-stream', urlOf(requestId), `${eventId}\n${data}`);
  });
  session.on('Network.webSocketCreated', ({ requestId, url }) => urls.set(requestId, url));
  session.on('Network.webSocketHandshakeResponseReceived', ({ requestId, response }) => {
    for (const [name, value] of Object.entries(response.headers)) {
      note('response-header', `${name.toLowerCase()} of ${urlOf(requestId)}`, value);
    }
  });
  const noteStored = ({ storageId, key, newValue }: StoredItem) => {
    const place = storageId.isLocalStorage ? 'local-storage' : 'session-storage';
    const origin = storageId.storageKey ?? storageId.securityOrigin ?? '';
    note(place, `written by ${origin}`, `${key}\n${newValue}`);
  };
  session.on('DOMStorage.domStorageItemAdded', noteStored);
  session.on('DOMStorage.domStorageItemUpdated', noteStored);

  await session.send('Network.enable', {
    maxTotalBufferSize: 256 * 1024 * 1024,
    maxResourceBufferSize: 128 * 1024 * 1024,
    enableDurableMessages: true,
  });
  await session.send('DOMStorage.enable');
}

interface StoredItem {
  storageId: { isLocalStorage: boolean; storageKey?: string; securityOrigin?: string };
  key: string;
  newValue: string;
}
