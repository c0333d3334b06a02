import { setTimeout as delay } from 'node:timers/promises';
import { pathsUnder } from '@coatcheck/protocol';
import { Agent } from 'undici';
import { call, signIn } from './browser.ts';
import { type EngineSurroundings, startInstances } from './instances.ts';
import { type Quantiles, quantilesOf } from './quantiles.ts';
import type { RunningStore } from './stores/store.ts';

/** How soon other instances refuse a session that was ended in one. */
export interface Revocation {
  readonly instances: number;
  readonly rounds: number;
  /**
   * From the answer to the sign-out until each other instance answered its first 401, in milliseconds; one value for
   * each instance and round. A call that is refused at once takes part of this too.
   */
  readonly refusedAfter: Quantiles;
  /** Share of those that refused the very first call. */
  readonly refusedAtOnce: number;
}

const count = 4;
/** Longer than any instance leaves its store unasked. Milliseconds. */
const longestBeat = 250;

/** Signs people out at one of four instances, each in turn, while the others have them in their caches. */
export async function measureRevocation(
  surroundings: EngineSurroundings,
  store: RunningStore,
  rounds: number,
): Promise<Revocation> {
  const anywhere = {
    pinned: false,
    at: (_place: string, command: string, args: readonly string[]) => [command, args] as const,
  };
  const instances = await startInstances({ ...surroundings, machine: anywhere, storeUrl: store.url, count });
  const dispatcher = new Agent({ connections: 4 });
  const browsers = instances.all.map(({ origin }) => ({
    dispatcher,
    at: origin,
    publicUrl: instances.publicUrl,
  }));
  const { path } = surroundings.upstream;
  const millis: number[] = [];
  let atOnce = 0;
  try {
    const [first] = browsers;
    if (!first) throw new Error('no instance');
    for (let round = 0; round < rounds; round += 1) {
      const person = await signIn(first);
      for (const browser of browsers) expectStatus(200, await call(browser, person, path));
      // Else each round would begin with the look of some instance at its store, and end before the next one.
      await delay(Math.random() * longestBeat);
      const where = browsers[round % browsers.length] ?? first;
      expectStatus(200, await call(where, person, pathsUnder().logout, 'POST'));
      const answeredAt = performance.now();
      const refusals = await Promise.all(
        browsers
          .filter((browser) => browser !== where)
          .map((browser) => untilRefused(() => call(browser, person, path))),
      );
      for (const { at, calls } of refusals) {
        millis.push(at - answeredAt);
        if (calls === 1) atOnce += 1;
      }
    }
  } finally {
    await dispatcher.close();
    await instances.close();
  }
  return {
    instances: count,
    rounds,
    refusedAfter: quantilesOf(millis),
    refusedAtOnce: atOnce / millis.length,
  };
}

/** Calls over and over. */
async function untilRefused(send: () => Promise<number>): Promise<{ at: number; calls: number }> {
  for (let calls = 1; ; calls += 1) {
    const status = await send();
    if (status === 401) return { at: performance.now(), calls };
    expectStatus(200, status);
  }
}

function expectStatus(wanted: number, status: number): void {
  if (status !== wanted) throw new Error(`answered ${status}, not ${wanted}`);
}
