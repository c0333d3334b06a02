import { setTimeout as delay } from 'node:timers/promises';
import { pathsUnder } from '@coatcheck/protocol';
import { Agent } from 'undici';
import { type BrowserOptions, call, type SignedIn, signIn } from './browser.ts';
import { type EngineSurroundings, startInstances } from './instances.ts';
import type { RunningStore, StoreKind } from './stores/store.ts';

/** How often one instance asked its store. */
export interface RoundTrips {
  /** Proxied calls of people who are signed in. */
  readonly calls: number;
  /** Commands in all of these together, but the heartbeat: what also comes while nobody calls. */
  readonly commands: number;
  readonly perCall: number;
  /** What they were. */
  readonly kinds: readonly string[];
  /** Per second, while nobody calls and while people do. */
  readonly heartbeat: { readonly idle: number; readonly busy: number };
  readonly perSignIn: number;
  readonly perSignOut: number;
}

interface Counted {
  readonly seconds: number;
  readonly counts: ReadonlyMap<string, number>;
}

const people = 20;
const atOnce = 16;

/** Counts what a process of the server really asks of its store while people work, sign in and sign out. */
export async function countRoundTrips(
  surroundings: EngineSurroundings,
  kind: StoreKind,
  store: RunningStore,
  calls: number,
): Promise<RoundTrips> {
  const instances = await startInstances({
    ...surroundings,
    storeUrl: store.url,
    count: 1,
    preload: kind.preload,
  });
  const dispatcher = new Agent({ connections: atOnce });
  const [instance] = instances.all;
  const browser = { dispatcher, at: instance.origin, publicUrl: instances.publicUrl };
  const count = async (work: () => Promise<unknown>): Promise<Counted> => {
    const counting = await kind.count(store.url, [instance.pid]);
    const startedAt = performance.now();
    await work();
    const seconds = (performance.now() - startedAt) / 1_000;
    return { seconds, counts: await counting.stop() };
  };

  try {
    // The first of everything makes connections, statements and scripts known.
    await call(browser, await signIn(browser), pathsUnder().logout, 'POST');
    const signedIn: SignedIn[] = [];
    const signIns = await count(async () => {
      for (let at = 0; at < people; at += 1) signedIn.push(await signIn(browser));
    });
    const path = surroundings.upstream.path;
    await callAll(browser, signedIn, path, people);
    const idle = await count(() => delay(1_500));
    const busy = await count(() => callAll(browser, signedIn, path, calls));
    const signOuts = await count(async () => {
      for (const one of signedIn) await expectStatus(200, call(browser, one, pathsUnder().logout, 'POST'));
    });
    const isHeartbeat = ([command]: readonly [string, number]) => idle.counts.has(command);
    const withoutHeartbeat = ({ counts }: Counted) => [...counts].filter((one) => !isHeartbeat(one));
    const heartbeatOf = ({ counts, seconds }: Counted) => sum([...counts].filter(isHeartbeat)) / seconds;
    const kinds = withoutHeartbeat(busy);
    const commands = sum(kinds);
    return {
      calls,
      commands,
      perCall: commands / calls,
      kinds: kinds.map(([command, times]) => `${times} × ${command}`),
      heartbeat: { idle: heartbeatOf(idle), busy: heartbeatOf(busy) },
      perSignIn: sum(withoutHeartbeat(signIns)) / people,
      perSignOut: sum(withoutHeartbeat(signOuts)) / people,
    };
  } finally {
    await dispatcher.close();
    await instances.close();
  }
}

async function callAll(
  browser: BrowserOptions,
  signedIn: readonly SignedIn[],
  path: string,
  calls: number,
): Promise<void> {
  let made = 0;
  const worker = async () => {
    while (made < calls) {
      const one = signedIn[made % signedIn.length];
      made += 1;
      if (one) await expectStatus(200, call(browser, one, path));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function expectStatus(wanted: number, got: Promise<number>): Promise<void> {
  const status = await got;
  if (status !== wanted) throw new Error(`answered ${status}, not ${wanted}`);
}

function sum(counts: readonly (readonly [string, number])[]): number {
  return counts.reduce((total, [, count]) => total + count, 0);
}
