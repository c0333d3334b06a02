import { Agent } from 'undici';
import { readUsage } from '../usage.ts';
import { type BrowserOptions, call, type SignedIn, signIn } from './browser.ts';
import { type EngineSurroundings, type Instance, startInstances } from './instances.ts';
import { type Quantiles, quantilesOf } from './quantiles.ts';
import type { RunningStore } from './stores/store.ts';

/** What one process did of a kind. */
export interface Throughput {
  readonly done: number;
  readonly perSecond: number;
  /** By processor time of the instance alone. */
  readonly perCpuSecond: number;
  /** Processor time of the store's server, in microseconds for each; NaN where there is none. */
  readonly storeMicros: number;
  /** Milliseconds that one took. */
  readonly took: Quantiles;
}

export interface Throughputs {
  readonly signIns: Throughput;
  /** Each with the proxied call that asked for it. */
  readonly refreshes: Throughput;
}

const atOnce = 16;
const refreshed = 'coatcheck_token_refresh_total{result="ok"}';
const failed = 'coatcheck_token_refresh_total{result="failed"}';

/**
 * Lets people sign in at one process for a while, and then call with access tokens that are dead, each in turn.
 *
 * @param tokenLife of the provider's access tokens, seconds
 */
export async function measureThroughput(
  surroundings: EngineSurroundings,
  store: RunningStore,
  seconds: number,
  tokenLife: number,
): Promise<Throughputs> {
  const instances = await startInstances({ ...surroundings, storeUrl: store.url, count: 1 });
  const [instance] = instances.all;
  const dispatcher = new Agent({ connections: atOnce });
  const browser: BrowserOptions = { dispatcher, at: instance.origin, publicUrl: instances.publicUrl };
  const people: SignedIn[] = [];
  const join = async () => {
    people.push(await signIn(browser));
  };
  let next = 0;
  const work = async () => {
    const person = people[next % people.length];
    next += 1;
    const status = person ? await call(browser, person, surroundings.upstream.path) : 0;
    if (status !== 200) throw new Error(`a call with a dead token was answered ${status}`);
  };
  try {
    // What is hot is compiled, and there are people enough that all their tokens are dead when they come again.
    await during(Math.min(seconds, 2), join);
    const signIns = await measured(instance, store, () => during(seconds, join));
    await new Promise((resolve) => setTimeout(resolve, tokenLife * 1_000));
    await during(Math.min(seconds, 1), work);
    const before = await instance.counter(refreshed);
    const calls = await measured(instance, store, () => during(seconds, work));
    const done = (await instance.counter(refreshed)) - before;
    if ((await instance.counter(failed)) > 0) throw new Error('refreshes failed');
    const share = done / calls.done;
    return {
      signIns,
      refreshes: {
        ...calls,
        done,
        perSecond: calls.perSecond * share,
        perCpuSecond: calls.perCpuSecond * share,
        storeMicros: calls.storeMicros / share,
      },
    };
  } finally {
    await dispatcher.close();
    await instances.close();
  }
}

/** Does something over and over, many at once. @returns how long each took, in milliseconds */
async function during(seconds: number, work: () => Promise<void>): Promise<number[]> {
  const until = performance.now() + seconds * 1_000;
  const took: number[] = [];
  const worker = async () => {
    for (let startedAt = performance.now(); startedAt < until; startedAt = performance.now()) {
      await work();
      took.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return took;
}

async function measured(
  { pid }: Instance,
  { pids }: RunningStore,
  work: () => Promise<number[]>,
): Promise<Throughput> {
  const cpu = () => [readUsage([pid])?.cpuMicros ?? Number.NaN, readUsage(pids)?.cpuMicros ?? Number.NaN];
  const [ownBefore = Number.NaN, storeBefore = Number.NaN] = cpu();
  const startedAt = performance.now();
  const took = await work();
  const elapsed = (performance.now() - startedAt) / 1_000;
  const [ownAfter = Number.NaN, storeAfter = Number.NaN] = cpu();
  return {
    done: took.length,
    perSecond: took.length / elapsed,
    perCpuSecond: took.length / ((ownAfter - ownBefore) / 1_000_000),
    storeMicros: pids.length > 0 ? (storeAfter - storeBefore) / took.length : Number.NaN,
    took: quantilesOf(took),
  };
}
