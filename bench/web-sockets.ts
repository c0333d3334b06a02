import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { defaultBasePath, managementPaths, pathsUnder } from '@coatcheck/protocol';
import { type Jar, startUpstream } from '@coatcheck/testing';
import { WebSocket } from 'undici';
import { findMachine } from './machine.ts';
import { freePort, startProgram } from './program.ts';
import { startProvider } from './surroundings/authorization-server.ts';
import { cookieHeader, signIn } from './targets/sign-in.ts';
import { readUsage, type Usage } from './usage.ts';

/** WebSockets of so many people, each with a session and some tabs. */
const people = 40;
const perPerson = 25;
/** Longer than the pause between two pings. Seconds. */
const idle = Number(process.env.BENCH_SECONDS ?? 35);
const echoes = 2_000;

const program = path.join(import.meta.dirname, '../apps/bff/src/cli/main.ts');
const paths = pathsUnder(defaultBasePath);

/** Starts the standalone server in front of an API that echoes messages, both on 127.0.0.1. */
async function startServer(folder: string) {
  const machine = findMachine();
  const upstream = await startUpstream();
  const { provider, program: authorizationServer } = await startProvider(machine, folder);
  const [port, managementPort] = [await freePort(), await freePort()];
  const origin = `http://127.0.0.1:${port}`;
  const config = {
    publicUrl: origin,
    listen: { host: '127.0.0.1', port },
    management: { host: '127.0.0.1', port: managementPort },
    keys: [Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')],
    store: { url: `sqlite:${path.join(folder, 'sessions.db')}` },
    providers: [{ id: 'provider', ...provider }],
    routes: [{ prefix: '/api', upstream: upstream.url, websocket: true }],
    limits: { login: { max: 10 * people }, callback: { max: 10 * people } },
    log: { requests: false },
  };
  const file = path.join(folder, 'config.json');
  await writeFile(file, JSON.stringify(config));
  const server = await startProgram({
    machine,
    place: 'server',
    name: 'coatcheck',
    folder,
    command: process.execPath,
    args: [program, 'serve', '--config', file],
    readyUrl: `http://127.0.0.1:${managementPort}${managementPaths.live}`,
  });
  return {
    origin,
    usage: (): Usage => readUsage([server.pid]) ?? { cpuMicros: Number.NaN, residentBytes: Number.NaN },
    async close() {
      await server.close();
      await authorizationServer.close();
      await upstream.close();
    },
  };
}

async function open(origin: string, jar: Jar): Promise<WebSocket> {
  const headers = { cookie: cookieHeader(jar), origin };
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/ws`, { headers });
  await once(socket, 'open');
  return socket;
}

/** Round trips of a short message, one after the other. Milliseconds, sorted. */
async function roundTrips(socket: WebSocket): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; at < echoes; at += 1) {
    const startedAt = performance.now();
    const answered = once(socket, 'message');
    socket.send('0123456789');
    await answered;
    times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b);
}

const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-bench-ws-'));
const server = await startServer(folder);
try {
  const jars: Jar[] = [];
  for (let at = 0; at < people; at += 1) jars.push(await signIn(server.origin, paths.login));
  for (const jar of jars) await jar.fetch('/api/notes');

  const before = server.usage();
  const sockets: WebSocket[] = [];
  for (const jar of jars) {
    const some = Array.from({ length: perPerson }, () => open(server.origin, jar));
    sockets.push(...(await Promise.all(some)));
  }
  const opened = server.usage();
  await setTimeout(idle * 1_000);
  const idled = server.usage();
  const [first] = sockets;
  const times = first ? await roundTrips(first) : [];
  const echoed = server.usage();

  const closings = sockets.map((socket) => once(socket, 'close').then(() => performance.now()));
  await Promise.all(jars.map((jar) => jar.fetch(paths.logout, { method: 'POST', json: { local: true } })));
  const signedOutAt = performance.now();
  const closedAt = Math.max(...(await Promise.all(closings)));

  const count = sockets.length;
  const kibibytes = (bytes: number) => (bytes / 1_024).toFixed(1);
  console.log(
    [
      `${count} WebSockets of ${people} sessions:`,
      `  opening: ${((opened.cpuMicros - before.cpuMicros) / count).toFixed(0)} µs of CPU each`,
      `  resident memory: ${kibibytes((opened.residentBytes - before.residentBytes) / count)} KiB each`,
      `  idle: ${((idled.cpuMicros - opened.cpuMicros) / 1_000 / idle).toFixed(1)} ms of CPU per second, for all`,
      `  a message there and back: ${times[Math.floor(echoes / 2)]?.toFixed(2)} ms (p50), ${times[Math.floor(echoes * 0.99)]?.toFixed(2)} ms (p99), ${((echoed.cpuMicros - idled.cpuMicros) / echoes).toFixed(0)} µs of CPU`,
      `  all closed ${(closedAt - signedOutAt).toFixed(0)} ms after the last sign-out was answered`,
    ].join('\n'),
  );
} finally {
  await server.close();
  await rm(folder, { recursive: true, force: true });
}
