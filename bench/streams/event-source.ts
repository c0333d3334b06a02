import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { given } from '../given.ts';
import { answer } from '../surroundings/upstream.ts';
import { controlPath, eventsPath, type Order, readOrder } from './orders.ts';

/** Stands once in each event and nowhere else, so that whoever counts it counts events, however they are cut. */
const mark = '~';
const event = `data: ${JSON.stringify({ id: 7, text: 'x'.repeat(80) })}${mark}\n\n`;
/** For all streams to open, to hear an event, or to be gone. Milliseconds. */
const patience = 10_000;

// Both ends of the streams are here: the API that sends and the browsers that listen, with one clock.
const sources = new Set<ServerResponse>();
const browsers = new Set<Socket>();
/** Those that have heard an event. */
const listening = new Set<Socket>();
let heard = 0;
let waiting: (() => boolean) | undefined;

function openSource(response: ServerResponse): void {
  sources.add(response);
  response.on('close', () => {
    sources.delete(response);
    wake();
  });
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.write(event);
}

function openBrowser(url: URL, headers: Readonly<Record<string, string>>): void {
  const socket = connect(Number(url.port), url.hostname);
  browsers.add(socket);
  const fields = Object.entries({ Host: url.host, Accept: 'text/event-stream', ...headers });
  const lines = fields.map(([name, value]) => `${name}: ${value}`);
  socket.write(`GET ${url.pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  let good: boolean | undefined;
  socket.on('data', (chunk) => {
    good ??= chunk.toString('latin1', 0, 12) === 'HTTP/1.1 200';
    if (!good) return;
    for (let at = chunk.indexOf(mark); at !== -1; at = chunk.indexOf(mark, at + 1)) {
      heard += 1;
      listening.add(socket);
    }
    wake();
  });
  socket.on('error', () => browsers.delete(socket));
  socket.on('close', () => {
    browsers.delete(socket);
    listening.delete(socket);
  });
}

function wake(): void {
  if (waiting?.()) waiting = undefined;
}

/** Waits for a condition, which is looked at whenever something has happened. @returns false if it took too long */
function until(condition: () => boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      waiting = undefined;
      resolve(false);
    }, patience);
    waiting = () => {
      if (!condition()) return false;
      clearTimeout(late);
      resolve(true);
      return true;
    };
    wake();
  });
}

async function carryOut(order: Order): Promise<unknown> {
  if (order.do === 'open') {
    for (let at = 0; at < order.count; at += 1) openBrowser(new URL(order.url), order.headers);
    await until(() => listening.size >= order.count);
    return { opened: listening.size };
  }
  if (order.do === 'close') {
    for (const socket of browsers) socket.destroy();
    browsers.clear();
    listening.clear();
    // A proxy may notice that a browser has left only when it has something for it.
    const wakeUp = setInterval(() => {
      for (const source of sources) source.write(event);
    }, 200);
    const left = (await until(() => sources.size === 0)) ? 0 : sources.size;
    clearInterval(wakeUp);
    // Those would get the events of the next target.
    for (const source of sources) source.destroy();
    return { left };
  }
  const streams = listening.size;
  const times: number[] = [];
  const from = performance.now();
  const end = from + order.seconds * 1_000;
  heard = 0;
  while (performance.now() < end) {
    const sentAt = performance.now();
    const due = heard + streams;
    for (const source of sources) source.write(event);
    if (!(await until(() => heard >= due))) break;
    times.push(performance.now() - sentAt);
  }
  const seconds = (performance.now() - from) / 1_000;
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))] ?? 0;
  return { sent: times.length * streams, deliveries: heard, seconds, p50: at(0.5), p99: at(0.99) };
}

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  response.end(JSON.stringify(await carryOut(readOrder(JSON.parse(text)))));
}

if (import.meta.main) {
  const server = createServer((request, response) => {
    if (request.url === eventsPath) openSource(response);
    else if (request.url === controlPath) void take(request, response);
    else answer(request, response);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(Number(given('PORT')), '127.0.0.1', 4_096);
}
