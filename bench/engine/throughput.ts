import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { type Spread, spread } from '../rounds.ts';
import { readUsage } from '../usage.ts';
import { type BrowserOptions, call, type SignedIn, signIn } from './browser.ts';
import { type EngineSurroundings, type Instance, startInstances } from './instances.ts';
import { type Quantiles, quantilesOf } from './quantiles.ts';
import type { RunningStore } from './stores/store.ts';

/** What one process did of a kind, in some stretches of time. */
export interface Throughput {
  readonly done: number;
  readonly perSecond: Spread;
  /** By processor time of the instance alone. */
  readonly perCpuSecond: Spread;
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
const stretches = 5;
const refreshed = 'coatcheck_token_refresh_total{result="ok"}';
const failed = 'coatcheck_token_refresh_total{result="failed"}';

/**
 * Lets people sign in at one process for a while, and then call with access tokens that are dead, each in turn.
 *
 * @param seconds of each of the two
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
  const callInTurn = async () => {
    const person = people[next % people.length];
    next += 1;
    const status = person ? await call(browser, person, surroundings.upstream.path) : 0;
    if (status !== 200) throw new Error(`a call with a dead token was answered ${status}`);
  };
  try {
    // What is hot is compiled, and there are people enough that all their tokens are dead when they come again.
    await during(Math.min(seconds, 2), join);
    const signIns = await measure(instance, store, seconds, join, async () => people.length);
    await delay(tokenLife * 1_000);
    await during(Math.min(seconds, 1), callInTurn);
    const refreshes = await measure(instance, store, seconds, callInTurn, () => instance.counter(refreshed));
    if ((await instance.counter(failed)) > 0) throw new Error('refreshes failed');
    return { signIns, refreshes };
  } finally {
    await dispatcher.close();
    await instances.close();
  }
}

/** @param count how many were done so far */
async function measure(
  { pid }: Instance,
  { pids }: RunningStore,
  seconds: number,
  work: () => Promise<void>,
  count: () => Promise<number>,
): Promise<Throughput> {
  const look = async () => ({
    done: await count(),
    at: performance.now(),
    own: readUsage([pid])?.cpuMicros ?? Number.NaN,
    store: pids.length === 0 ? Number.NaN : (readUsage(pids)?.cpuMicros ?? Number.NaN),
  });
  const rates: number[] = [];
  const cpuRates: number[] = [];
  const took: number[] = [];
  const first = await look();
  let last = first;
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const before = last;
    took.push(...(await during(seconds / stretches, work)));
    last = await look();
    const done = last.done - before.done;
    rates.push(done / ((last.at - before.at) / 1_000));
    cpuRates.push(done / ((last.own - before.own) / 1_000_000));
  }
  const done = last.done - first.done;
  return {
    done,
    perSecond: spread(rates),
    perCpuSecond: spread(cpuRates),
    storeMicros: (last.store - first.store) / done,
    took: quantilesOf(took),
  };
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
