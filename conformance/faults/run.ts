import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { instances } from './calls.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { manyCallsAtExpiry } from './scenarios/expiry.ts';
import { holderKilled, holderKilledWithGrace } from './scenarios/holder-killed.ts';
import { holderStopped, holderStoppedBriefly } from './scenarios/holder-stopped.ts';
import { endedDuringPause, endedElsewhere, endedWithoutChannel } from './scenarios/revocation.ts';
import { storeAwayForLong, storePaused, storeRestarted } from './scenarios/store-outage.ts';
import { stores } from './stores/chosen.ts';
import type { FaultyStore } from './stores/store.ts';
import { quantile, startTally, type Tally } from './tally.ts';

/** Seconds in which a provider that has a grace forgives the reuse of a token. */
const grace = 60;

/** Everything that can happen to four processes on one store, one thing after the other. */
export function faultRun(name: FaultyStore['name']): void {
  describe(`four processes on ${name}`, { timeout: 60_000 }, () => {
    const tally = startTally();
    let store: FaultyStore;
    let fleet: Fleet;
    beforeAll(async () => {
      const startedAt = performance.now();
      store = await stores[name]();
      fleet = await startFleet(store).catch(async (error: unknown) => {
        await store.close();
        throw error;
      });
      return async () => {
        console.log(summary(fleet, tally, performance.now() - startedAt));
        await fleet.close();
        await store.close();
      };
    }, 90_000);
    afterEach(() => fleet.recover(), 60_000);

    test('BFF-REF-03, BFF-REF-04: 500 calls to two resources at expiry cost one refresh each', () =>
      manyCallsAtExpiry(fleet, tally));
    test('a session that is ended in one of them is refused by the others within a second', () =>
      endedElsewhere(fleet, tally));

    describe('with short leases', () => {
      beforeAll(() => fleet.hasten(), 60_000);

      test('BFF-REF-11: one is killed in the middle of refreshes', () => holderKilled(fleet, tally));
      test('BFF-REF-11: nobody is lost by that where the provider has a grace', () =>
        holderKilledWithGrace(fleet, tally, grace));
      test('BFF-REF-07: one stands still past its leases', () => holderStopped(fleet, tally, 0));
      test('BFF-REF-07: nobody is lost by that where the provider has a grace', () =>
        holderStopped(fleet, tally, grace));
      test('one stands still for less than its leases, and uses the answer that waits for it', () =>
        holderStoppedBriefly(fleet, tally));
      test('the store is paused, and nobody is signed out', () => storePaused(fleet, tally));
      test('the store is away for longer than leases live', () => storeAwayForLong(fleet, tally));
      test('a session that ended while one stood still is refused by it', () => endedDuringPause(fleet));
      // A file has no server that could restart, and no channel that could be lost.
      if (name === 'SQLite') return;
      test('the store is restarted', () => storeRestarted(fleet, tally, 'SIGTERM'));
      test('the store crashes and is started again', () => storeRestarted(fleet, tally, 'SIGKILL'));
      test('a session that ended while one heard nothing is refused by it', () => endedWithoutChannel(fleet));
    });

    test('all of that adds up', () => {
      const { refreshes, wrong } = fleet.ledger.totals();
      expect(wrong).toEqual([]);
      expect(tally.lost).toBe(tally.unavoidable);
      expect(refreshes).toBeLessThanOrEqual(tally.due + tally.extra);
    });
  });
}

/** One line. */
function summary({ store, ledger }: Fleet, tally: Tally, milliseconds: number): string {
  const { refreshes, forwarded, wrong } = ledger.totals();
  const [half, most] = [quantile(tally.revocations, 0.5), quantile(tally.revocations, 0.99)];
  return [
    `faults on ${store.name}: ${instances.length} processes, ${forwarded} calls forwarded, ${wrong.length} with a wrong token`,
    `${refreshes} refreshes for ${tally.due} expiries and ${tally.extra} dead or silent holders`,
    `${tally.lost} sessions lost of which ${tally.unavoidable} unavoidable`,
    `an ended session was served elsewhere for ${half.toFixed(0)} ms (p50), ${most.toFixed(0)} ms (p99)`,
    `${(milliseconds / 1_000).toFixed(0)} s`,
  ].join('; ');
}
