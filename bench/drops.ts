import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findLoad } from './load.ts';
import { findMachine } from './machine.ts';
import { startProvider } from './surroundings/authorization-server.ts';
import { type Upstream as Api, smallBody } from './surroundings/upstream.ts';
import { coatcheck } from './targets/coatcheck.ts';
import type { Started } from './targets/target.ts';
import { readUsage } from './usage.ts';

/** Clients that leave in the middle of an answer, so many at a time: more than there are connections to the API. */
const clients = Number(process.env.BENCH_DROPS ?? 10_000);
const atATime = 500;
/** Seconds of load before and after. */
const seconds = 5;
const connections = 64;
/** What of an answer a client waits for before it leaves. Bytes. */
const readFirst = 16 * 1_024;
/** How long the server has to let go of everything. Milliseconds. */
const patience = 5_000;

const machine = findMachine();
const load = findLoad(machine);
const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-drops-'));
const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];

try {
  const { api, endless, close } = await startApi();
  closers.push(close);
  const { provider, program } = await startProvider(machine, folder);
  closers.push(program.close);
  const started = await coatcheck.start({ machine, upstream: api, provider, folder });
  if (started.kind === 'unavailable') throw new Error(started.reason);
  closers.push(started.close);

  await measure(started);
  const before = await measure(started);
  const from = performance.now();
  await dropAll(started);
  const took = (performance.now() - from) / 1_000;
  const stuck = await settled(endless);
  const after = await measure(started);

  console.log(
    `${clients} clients left in the middle of an answer, ${atATime} at a time, in ${took.toFixed(1)} s`,
  );
  console.log(`stuck connections: ${stuck}`);
  console.log(`before: ${say(before)}`);
  console.log(`after:  ${say(after)}`);
  console.log(`after / before, per processor time: ${(before.micros / after.micros).toFixed(2)}`);
  if (stuck > 0 || after.failed > 0) process.exitCode = 1;
} finally {
  for (const close of closers.toReversed()) await close();
}

interface Measured {
  readonly rate: number;
  /** Processor time of the server for one call. */
  readonly micros: number;
  readonly failed: number;
  readonly megabytes: number;
}

async function measure({ url, headers, pids }: Started): Promise<Measured> {
  const before = readUsage(pids)?.cpuMicros ?? 0;
  const { requests, failed, seconds: took } = await load.run({ url, headers, connections, seconds });
  const { cpuMicros = 0, residentBytes = 0 } = readUsage(pids) ?? {};
  const micros = (cpuMicros - before) / requests;
  return { rate: requests / took, micros, failed, megabytes: residentBytes / 2 ** 20 };
}

function say({ rate, micros, failed, megabytes }: Measured): string {
  return `${rate.toFixed(0)} req/s, ${micros.toFixed(1)} µs of CPU each, ${megabytes.toFixed(0)} MiB, ${failed} bad`;
}

async function dropAll({ url, headers }: Started): Promise<void> {
  let left = clients;
  const next = async () => {
    while (left > 0) {
      left -= 1;
      await drop(new URL('endless', url), headers, left % 2 === 0);
    }
  };
  await Promise.all(Array.from({ length: atATime }, next));
}

/** Asks, reads the beginning of the answer, and leaves. @param reset without a farewell */
function drop(url: URL, headers: Started['headers'], reset: boolean): Promise<void> {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    let received = 0;
    const socket = connect(Number(url.port), url.hostname, () => {
      socket.write(`GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n${fields.join('')}\r\n`);
    });
    socket.on('data', (chunk) => {
      if (received === 0 && !chunk.toString('latin1', 0, 12).endsWith(' 200')) reject(new Error('refused'));
      received += chunk.length;
      if (received < readFirst) return;
      if (reset) socket.resetAndDestroy();
      else socket.destroy();
    });
    socket.on('error', reject).on('close', () => resolve());
  });
}

/** Waits until the API has nobody left who never finishes; how many are there when patience ends. */
async function settled(endless: Set<unknown>): Promise<number> {
  const deadline = performance.now() + patience;
  while (endless.size > 0 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 20));
  return endless.size;
}

/** An API with a small answer, and one that has no end. */
async function startApi(): Promise<{ api: Api; endless: Set<unknown>; close: () => Promise<void> }> {
  const endless = new Set<unknown>();
  const content = Buffer.alloc(2 * readFirst, 'x');
  const server: Server = createServer((request, response) => {
    if (request.url !== '/api/endless') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(smallBody);
      return;
    }
    endless.add(response);
    response.on('close', () => endless.delete(response));
    // More than a client reads, and then nothing: only its leaving ends this.
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).write(content);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const path = '/api/small';
  const others = { largePath: path, uploadPath: path, seenPath: '/api/seen' };
  const api = { origin, prefix: '/api', path, ...others, name: 'node:http', close };
  async function close() {
    server.closeAllConnections();
    server.close();
  }
  return { api, endless, close };
}
