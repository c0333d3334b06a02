import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findMachine } from './machine.ts';
import { startProvider } from './surroundings/authorization-server.ts';
import { startUpstream } from './surroundings/upstream.ts';
import { coatcheckWithSmallHeap } from './targets/coatcheck.ts';

/** Connections that made one call each and are kept open. */
const connections = 6_000;
/** The same before, so that the memory which any load takes is there. */
const before = 3_000;
/** Until V8 has given back what it can. Milliseconds. */
const rest = 4_000;

const machine = findMachine();
const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-idle-'));
const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];

try {
  const upstream = await startUpstream(machine, folder);
  closers.push(upstream.close);
  const { provider, program } = await startProvider(machine, folder);
  closers.push(program.close);
  const started = await coatcheckWithSmallHeap.start({ machine, upstream, provider, folder });
  if (started.kind === 'unavailable') throw new Error(started.reason);
  closers.push(started.close);

  const { url, headers } = started;
  for (let i = 0; i < before; i++) (await called(url, headers)).destroy();
  await delay(rest);
  const at = residentKiB(started.pids);
  const open: Socket[] = [];
  for (let i = 0; i < connections; i++) open.push(await called(url, headers));
  await delay(rest);
  const each = (residentKiB(started.pids) - at) / connections;
  console.log(`${connections} idle connections: ${each.toFixed(1)} KiB each (floor 16, goal 11)`);
  for (const socket of open) socket.destroy();
} finally {
  for (const close of closers.toReversed()) await close();
}

/** A connection over which one call went. */
async function called(target: string, headers: Readonly<Record<string, string>>): Promise<Socket> {
  const { hostname, port, host, pathname } = new URL(target);
  const socket = connect(Number(port), hostname);
  const answered = new Promise<void>((resolve, reject) => {
    socket.once('data', () => resolve()).once('error', reject);
  });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${lines.join('')}\r\n`);
  await answered;
  return socket;
}

function residentKiB(pids: readonly number[]): number {
  const status = readFileSync(`/proc/${pids[0]}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN);
}
