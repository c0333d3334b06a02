// Runs in a process of its own: `open` opens the store at argv[3] without root's power to write everywhere, `fill`
// writes to it until it cannot grow. Prints what it was refused with.
import { sampleSession } from '../../src/store/contract/subject.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';

const [, , step, path = ''] = process.argv;

// Unheard, this signal would end the process at the limit of `ulimit -f`.
process.on('SIGXFSZ', () => undefined);

if (step === 'open' && process.geteuid?.() === 0) {
  process.setegid?.(65_534);
  process.seteuid?.(65_534);
}

try {
  const store = await openSqliteStore({ path });
  if (step === 'fill') await fill(store);
} catch (error) {
  print(error, {});
}

async function fill(store: Store): Promise<void> {
  try {
    for (let index = 0; index < 10_000; index += 1) {
      await store.sessions.create(sampleSession(`filler-${index}`, { sealed: new Uint8Array(50_000) }));
    }
  } catch (error) {
    const found = await store.sessions.read('a');
    // A ping is so small that some still fit.
    const pings = Array.from({ length: 100 }, () => store.ping());
    const pingFails = (await Promise.allSettled(pings)).some(({ status }) => status === 'rejected');
    print(error, { stillReads: found.kind === 'session', pingFails });
  }
}

function print(error: unknown, more: object): void {
  if (!(error instanceof Error && 'code' in error)) throw error;
  const { name, code, message } = error;
  console.log(JSON.stringify({ name, code, message, ...more }));
}
