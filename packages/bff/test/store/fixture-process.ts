// Runs in a process of its own (see processes.ts): opens the store of argv[2] and does what it is told by message.
import { openStore } from '../../src/store/open.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store, StoreChange } from '../../src/store/store.ts';
import type { Answer, Order } from './processes.ts';
import { counterIn, withCounter } from './processes.ts';

const url = process.argv[2] ?? '';
let store: Store | undefined;
const told: StoreChange[] = [];

/** Only one of ours sends messages here. */
process.on('message', (order: Order) => {
  obey(order).then(
    (value) => answer({ kind: 'done', value }),
    (error: unknown) => answer({ kind: 'failed', message: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
answer({ kind: 'ready' });

async function obey(order: Order): Promise<unknown> {
  if (order.kind === 'open') return openAndClose(await openSqliteStore({ path: order.path }));
  if (order.kind === 'open-url') return openAndClose(await openStore(order.url));
  store ??= await openAndListen();
  switch (order.kind) {
    case 'claim':
      return claimAll(store, order.names);
    case 'acquire':
      return acquireAll(store, order.names);
    case 'count':
      return count(store, order.id, order.times);
    case 'write':
      return writeForEver(store, order.id);
    case 'look':
      return { staleFor: store.changes.staleFor(), told };
    case 'end':
      return store.sessions.end({ id: order.id, reason: 'revoked', endedAt: 1, expiresAt: 2 });
  }
}

async function openAndListen(): Promise<Store> {
  const opened = await openStore(url);
  opened.changes.subscribe((change) => told.push(change));
  return opened;
}

async function openAndClose(other: Store): Promise<true> {
  await other.close();
  return true;
}

async function claimAll({ once }: Store, names: readonly string[]): Promise<string[]> {
  const won: string[] = [];
  for (const name of names) if (await once.claim(name, 1000, 2000)) won.push(name);
  return won;
}

async function acquireAll({ leases }: Store, names: readonly string[]): Promise<string[]> {
  const won: string[] = [];
  for (const name of names) {
    if ((await leases.acquire(name, `process ${process.pid}`, 1000, 2000)).acquired) won.push(name);
  }
  return won;
}

/** Adds one to the counter in the record so many times, over and over where another process was faster. */
async function count({ sessions }: Store, id: string, times: number): Promise<number> {
  let lost = 0;
  for (let done = 0; done < times; ) {
    const found = await sessions.read(id);
    if (found.kind !== 'session') throw new Error(`no session ${id}`);
    const { session } = found;
    const next = withCounter(session, counterIn(session) + 1);
    if (await sessions.update(next, session.version)) done += 1;
    else lost += 1;
  }
  return lost;
}

/** Says each version that it has written, until it is killed. */
async function writeForEver({ sessions }: Store, id: string): Promise<never> {
  for (;;) {
    const found = await sessions.read(id);
    if (found.kind !== 'session') throw new Error(`no session ${id}`);
    const { session } = found;
    await sessions.update(withCounter(session, counterIn(session) + 1), session.version);
    answer({ kind: 'wrote', version: session.version + 1 });
    // Lets the message out.
    await new Promise(setImmediate);
  }
}

function answer(message: Answer): void {
  process.send?.(message);
}
