import { once } from 'node:events';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { defaultBasePath, pathsUnder } from '@coatcheck/protocol';
import { type Jar, startUpstream } from '@coatcheck/testing';
import { WebSocket } from 'undici';
import type { Machine } from './machine.ts';
import { type Spread, spread } from './rounds.ts';
import type { Provider } from './surroundings/authorization-server.ts';
import { cookieHeader, signIn } from './targets/sign-in.ts';
import { startStandalone } from './targets/standalone.ts';
import { readUsage, type Usage } from './usage.ts';

/** WebSockets of so many people, each with a session and some tabs. */
const people = 40;
const perPerson = 25;
const stretches = 5;
const echoes = 400;

const paths = pathsUnder(defaultBasePath);

/** Starts the standalone server in front of an API that echoes messages, both on 127.0.0.1. */
async function startServer(machine: Machine, provider: Provider, folder: string) {
  const upstream = await startUpstream();
  const { origin, server } = await startStandalone(machine, folder, {
    store: { url: `sqlite:${path.join(folder, 'sessions.db')}` },
    providers: [{ id: 'provider', ...provider }],
    routes: [{ prefix: '/api', upstream: upstream.url, websocket: true }],
    limits: { login: { max: 10 * people }, callback: { max: 10 * people } },
  });
  return {
    origin,
    usage: (): Usage => readUsage([server.pid]) ?? { cpuMicros: Number.NaN, residentBytes: Number.NaN },
    async close() {
      await server.close();
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

/** What idle WebSockets of the standalone server cost. */
export interface WebSocketResults {
  readonly count: number;
  readonly sessions: number;
  /** Processor time of opening one, in microseconds. */
  readonly openMicros: number;
  readonly bytesEach: number;
  /** Milliseconds of processor time per second, for all of them. */
  readonly idleMillis: Spread;
  /** Of a message to the API and back: milliseconds, and microseconds of processor time. */
  readonly tripP50: Spread;
  readonly tripP99: Spread;
  readonly tripMicros: Spread;
  /** Milliseconds from the answer to the last sign-out until all were closed. */
  readonly closedAfter: number;
}

/**
 * Opens 1,000 WebSockets, leaves them idle, talks on one, and signs everybody out.
 *
 * @param idleSeconds longer than the pause between two pings, for figures that mean something
 */
export async function measureWebSockets(
  machine: Machine,
  provider: Provider,
  folder: string,
  idleSeconds: number,
): Promise<WebSocketResults> {
  const server = await startServer(machine, provider, folder);
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

    const idle: number[] = [];
    for (let stretch = 0; stretch < stretches; stretch += 1) {
      const from = server.usage();
      await setTimeout((idleSeconds / stretches) * 1_000);
      idle.push((server.usage().cpuMicros - from.cpuMicros) / 1_000 / (idleSeconds / stretches));
    }
    const trips = await talk(sockets[0], server.usage);

    const closings = sockets.map((socket) => once(socket, 'close').then(() => performance.now()));
    await Promise.all(jars.map((jar) => jar.fetch(paths.logout, { method: 'POST', json: { local: true } })));
    const signedOutAt = performance.now();
    const closedAt = Math.max(...(await Promise.all(closings)));

    const count = sockets.length;
    return {
      count,
      sessions: people,
      openMicros: (opened.cpuMicros - before.cpuMicros) / count,
      bytesEach: (opened.residentBytes - before.residentBytes) / count,
      idleMillis: spread(idle),
      ...trips,
      closedAfter: closedAt - signedOutAt,
    };
  } finally {
    await server.close();
  }
}

async function talk(socket: WebSocket | undefined, usage: () => Usage) {
  if (!socket) throw new Error('no WebSocket was opened');
  const [p50, p99, micros]: [number[], number[], number[]] = [[], [], []];
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = usage();
    const times = await roundTrips(socket);
    micros.push((usage().cpuMicros - from.cpuMicros) / echoes);
    p50.push(times[Math.floor(echoes * 0.5)] ?? Number.NaN);
    p99.push(times[Math.floor(echoes * 0.99)] ?? Number.NaN);
  }
  return { tripP50: spread(p50), tripP99: spread(p99), tripMicros: spread(micros) };
}
