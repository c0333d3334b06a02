import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, get, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { defaultBasePath, pathsUnder } from '@coatcheck/protocol';
import { findMachine } from './machine.ts';
import { startProvider } from './surroundings/authorization-server.ts';
import { cookieHeader, signIn } from './targets/sign-in.ts';
import { startStandalone } from './targets/standalone.ts';
import { readUsage } from './usage.ts';

// One GiB up and down with the memory it takes, and how soon 1,000 event streams are over after a sign-out.

const gibibyte = Number(process.env.BENCH_STREAM_BYTES ?? 2 ** 30);
const streams = Number(process.env.BENCH_STREAMS ?? 1_000);
const piece = Buffer.alloc(64 * 1_024, 'x');
const paths = pathsUnder(defaultBasePath);

const machine = findMachine();
const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-streaming-'));
const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];

try {
  const api = await startApi();
  closers.push(api.close);
  const { provider, program: authorizationServer } = await startProvider(machine, folder);
  closers.push(authorizationServer.close);
  const server = await startServer(api.origin, provider);
  closers.push(server.close);
  const jar = await signIn(server.origin, paths.login);
  const headers = { cookie: cookieHeader(jar), 'sec-fetch-site': 'same-origin' };

  // A first transfer of each kind brings the buffers that stay.
  await download(`${server.origin}/api/large?bytes=${50 * 2 ** 20}`, headers);
  await upload(`${server.origin}/api/upload`, headers, 50 * 2 ** 20);
  for (const [name, transfer] of [
    ['down', () => download(`${server.origin}/api/large?bytes=${gibibyte}`, headers)],
    ['up', () => upload(`${server.origin}/api/upload`, headers, gibibyte)],
  ] as const) {
    const before = server.memory();
    const from = performance.now();
    const most = await server.mostDuring(transfer);
    const seconds = (performance.now() - from) / 1_000;
    const grown = (most - before) / 2 ** 20;
    console.log(
      `${(gibibyte / 2 ** 20).toFixed(0)} MiB ${name}: ${grown.toFixed(0)} MiB more memory at most, ${seconds.toFixed(1)} s`,
    );
  }

  const before = server.memory();
  const ends = await Promise.all(
    Array.from({ length: streams }, () => openStream(`${server.origin}/api/events`, headers)),
  );
  const each = (server.memory() - before) / streams / 1_024;
  const over = Promise.all(ends.map((one) => one.over));
  await jar.fetch(paths.logout, { method: 'POST', json: { local: true } });
  const signedOutAt = performance.now();
  const last = Math.max(...(await over).map(({ at }) => at));
  const told = (await over).filter(({ text }) => text.includes('coatcheck-session-ended')).length;
  console.log(
    `${streams} event streams, ${each.toFixed(1)} KiB each: all over ${(last - signedOutAt).toFixed(0)} ms after the sign-out was answered, ${told} with the reason`,
  );
} finally {
  for (const close of closers.toReversed()) await close();
}

async function startApi() {
  const server: Server = createServer(async (message, response) => {
    const url = new URL(message.url ?? '', 'http://api');
    if (url.pathname === '/api/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {}\n\n');
    } else if (url.pathname === '/api/upload') {
      let received = 0;
      for await (const chunk of message) received += chunk.length;
      response.end(String(received));
    } else await pipeline(pieces(Number(url.searchParams.get('bytes'))), response).catch(() => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function startServer(upstream: string, provider: { issuer: string }) {
  const { origin, server } = await startStandalone(machine, folder, {
    store: { url: `sqlite:${path.join(folder, 'sessions.db')}` },
    providers: [{ id: 'provider', ...provider }],
    routes: [{ prefix: '/api', upstream, bodyLimit: 2 ** 31 }],
  });
  const memory = () => readUsage([server.pid])?.residentBytes ?? Number.NaN;
  return {
    origin,
    memory,
    close: server.close,
    async mostDuring(work: () => Promise<unknown>): Promise<number> {
      let most = memory();
      const watch = setInterval(() => {
        most = Math.max(most, memory());
      }, 20);
      await work().finally(() => clearInterval(watch));
      return most;
    },
  };
}

function pieces(bytes: number): Readable {
  return Readable.from(
    (function* () {
      for (let sent = 0; sent < bytes; sent += piece.length)
        yield piece.subarray(0, Math.min(piece.length, bytes - sent));
    })(),
    { objectMode: false },
  );
}

async function download(url: string, headers: Record<string, string>): Promise<void> {
  const answer = await fetch(url, { headers });
  let received = 0;
  for await (const chunk of answer.body ?? []) received += chunk.length;
  const wanted = Number(new URL(url).searchParams.get('bytes'));
  if (answer.status !== 200 || received !== wanted)
    throw new Error(`${answer.status}, ${received} bytes came`);
}

async function upload(url: string, headers: Record<string, string>, bytes: number): Promise<void> {
  const sending = request(url, { method: 'POST', headers: { ...headers, 'content-length': bytes } });
  const answered = new Promise<string>((resolve, reject) => {
    sending.on('error', reject).on('response', (answer) => {
      answer.setEncoding('utf8').on('data', resolve);
    });
  });
  await pipeline(pieces(bytes), sending);
  const received = await answered;
  if (Number(received) !== bytes) throw new Error(`the API got ${received}`);
}

/** Resolves when the first event is there; `over` to when the stream was, and what came. */
function openStream(
  url: string,
  headers: Record<string, string>,
): Promise<{ over: Promise<{ at: number; text: string }> }> {
  return new Promise((resolve, reject) => {
    const asking = get(url, { agent: false, headers: { ...headers, accept: 'text/event-stream' } });
    asking.on('error', reject).on('response', (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`status ${answer.statusCode}`));
      let text = '';
      const over = finished(answer.setEncoding('utf8').on('data', (chunk) => (text += chunk)))
        .catch(() => undefined)
        .then(() => ({ at: performance.now(), text }));
      answer.once('data', () => resolve({ over }));
    });
  });
}
