import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { noRedis, startRedis } from '../../surroundings/redis.ts';
import { batchesOf } from './batches.ts';
import type { StoreKind } from './store.ts';

/** Sessions that are being written at once. */
const batch = 500;
const run = promisify(execFile);

/** A server that keeps nothing on its disk. What it is asked is read with MONITOR. */
export const redis: StoreKind = {
  name: 'Redis',
  async start(machine, folder) {
    const server = await startRedis(machine, folder);
    if (server === undefined) return noRedis.reason;
    const { url, pid, name, close } = server;
    return { url: `${url}?timeout=10000`, pids: [pid], version: name, close };
  },
  // The store itself writes: many at once go over its connection in one batch of commands.
  async load(_url, sessions, store) {
    for (const some of batchesOf(sessions, batch)) {
      const created = await Promise.all(some.map((session) => store.sessions.create(session)));
      if (created.includes(false)) throw new Error('a session was there already');
    }
  },
  async size(url) {
    const text = await ask(url, 'INFO', 'memory');
    const bytes = Number(/^used_memory_dataset:(\d+)/m.exec(text)?.[1]);
    const overhead = Number(/^used_memory_overhead:(\d+)/m.exec(text)?.[1]);
    return { bytes: bytes + overhead, parts: { dataset: bytes, overhead } };
  },
  async count(url) {
    const monitor = spawn('redis-cli', ['-u', serverOf(url), 'MONITOR'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    monitor.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    while (!text.startsWith('OK\n')) await delay(5);
    return {
      async stop() {
        // It has seen everything before its own mark.
        await ask(url, 'ECHO', 'the-end');
        while (!text.includes('"the-end"')) await delay(5);
        monitor.kill();
        await once(monitor, 'close');
        return countsIn(text);
      },
    };
  },
};

/** Counts the commands of clients by name and kind of key. */
export function countsIn(monitored: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of monitored.split('\n')) {
    const [, client, rest = ''] = /^[\d.]+ \[\d+ (\S+)\] (.*)$/.exec(line) ?? [];
    if (client === undefined || client === 'lua' || rest.includes('the-end')) continue;
    const name = /^"([^"]+)"/.exec(rest)?.[1]?.toLowerCase() ?? '';
    const kind = /"coatcheck:([a-z-]+)/.exec(rest)?.[1] ?? '';
    const command = `${name} ${kind}`.trim();
    counts.set(command, (counts.get(command) ?? 0) + 1);
  }
  return counts;
}

function serverOf(url: string): string {
  return url.split('?')[0] ?? url;
}

async function ask(url: string, ...command: string[]): Promise<string> {
  const { stdout } = await run('redis-cli', ['-u', serverOf(url), ...command]);
  return stdout;
}
