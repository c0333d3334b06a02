import { createSecretKey, randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Coatcheck } from '@coatcheck/bff';
import { cookieNames } from '@coatcheck/protocol';
import { given } from '../given.ts';
import { openEngine } from './engine-app.ts';
import { manySessions, startSessions } from './sessions.ts';
import { sqlite } from './stores/sqlite.ts';

/** Memory of this process after all that is dead was collected. Bytes. */
interface Memory {
  readonly heap: number;
  /** What objects of the heap hold outside it, as V8 was told. */
  readonly external: number;
  readonly resident: number;
}

/**
 * Loads sessions into a cache as requests do, and weighs it. Prints its figures as JSON.
 *
 * @param count within what the cache holds
 */
async function weigh(count: number, bytes: number, folder: string): Promise<Record<string, number>> {
  const key = randomBytes(32).toString('base64url');
  const url = `sqlite:${path.join(folder, 'cached.db')}`;
  const maker = await openEngine('memory:', key);
  const made = await startSessions(maker.coatcheck, count, bytes);
  const first = await openEngine(url, key);
  await sqlite.load(url, manySessions(made, count), first.coatcheck.parts.store);
  await maker.close();
  await first.close();
  const tickets = made.map((session) => ({ idHash: session.stored.id, key: session.key }));
  made.length = 0;

  const { coatcheck, close } = await openEngine(url, key);
  // Whatever is compiled or made once is there before anything is weighed.
  await load(coatcheck, tickets.slice(0, 100));
  for (const { idHash } of tickets.slice(0, 100)) await coatcheck.parts.sessions.end(idHash, 'revoked');
  const others = tickets.slice(100);
  const before = memory();
  await load(coatcheck, others);
  const after = memory();
  // The store's feed counts as complete again once its timer had a turn.
  await setTimeout(500);
  const kept = others.filter(({ idHash }) => coatcheck.parts.sessions.current(idHash)).length;
  const opened = openTickets(coatcheck, others.length);
  await close();
  const per = (from: Memory, to: Memory, part: keyof Memory) => (to[part] - from[part]) / others.length;
  return {
    loaded: others.length,
    kept,
    recordBytes: bytes,
    heap: per(before, after, 'heap'),
    external: per(before, after, 'external'),
    resident: per(before, after, 'resident'),
    ticketHeap: opened.heap,
    ticketExternal: opened.external,
  };
}

async function load(
  { parts }: Coatcheck,
  tickets: readonly { readonly idHash: string; readonly key: string }[],
): Promise<void> {
  for (const { idHash, key } of tickets) {
    const secret = createSecretKey(Buffer.from(key, 'base64url'));
    const loaded = await parts.sessions.load({ idHash, key: secret, rotate: false });
    if (loaded.kind !== 'active') throw new Error('a session that is there was not loaded');
  }
}

/** What an opened ticket takes beside its session, whose key it shares. */
function openTickets({ parts }: Coatcheck, count: number): { heap: number; external: number } {
  const { ticket } = cookieNames();
  const cookies = Array.from({ length: count }, () => {
    const [line = ''] = parts.tickets.cookiesFor(parts.tickets.issue(), 3_600);
    return (line.split(';', 1)[0] ?? '').slice(line.indexOf('=') + 1);
  });
  const before = memory();
  for (const value of cookies) {
    // A string of its own, as each request brings one.
    const header = Buffer.from(`${ticket}=${value}`).toString('latin1');
    if (parts.tickets.read({ cookie: header }).kind !== 'ticket') throw new Error('a ticket was not opened');
  }
  const after = memory();
  // Used here, so that they are weighed neither before nor after.
  const total = cookies.length;
  return { heap: (after.heap - before.heap) / total, external: (after.external - before.external) / total };
}

function memory(): Memory {
  if (!globalThis.gc) throw new Error('start this with --expose-gc');
  for (let turn = 0; turn < 4; turn += 1) globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed, external, resident: rss };
}

if (import.meta.main) {
  const figures = await weigh(Number(given('COUNT')), Number(given('BYTES')), given('FOLDER'));
  process.stdout.write(JSON.stringify(figures));
}
