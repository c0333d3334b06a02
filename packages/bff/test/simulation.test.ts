import { describe, expect, it } from 'vitest';
import { runBatch } from '../simulation/batch.ts';
import { runHistory } from '../simulation/history.ts';
import { type PlantName, plantNames } from '../simulation/plants.ts';
import { createSurroundings } from '../simulation/surroundings.ts';
import type { Tally } from '../simulation/tally.ts';
import type { CheckName } from '../simulation/verdict.ts';

const surroundings = createSurroundings();
const patient = 180_000;

/** Which checks see a bug; others may fall as well, later. */
const seenAs: Record<PlantName, readonly CheckName[]> = {
  'no-lease': ['one-flight'],
  'lease-per-resource': ['one-flight', 'received-is-stored'],
  'store-after-release': ['received-is-stored', 'stored-before-use', 'one-flight'],
  'no-fencing': ['never-older'],
  'sign-out-on-network-error': ['needless-sign-out'],
  'cache-without-invalidation': ['ended-is-refused'],
  'cache-past-heartbeat': ['ended-is-refused'],
};

describe('the simulation of the session engine', () => {
  it('tells the same history for the same seed, and another for another', async () => {
    const told = async (seed: number) => (await runHistory(seed, { surroundings, traced: true })).trace.lines;
    const first = await told(7);
    expect(first.length).toBeGreaterThan(20);
    expect(await told(7)).toEqual(first);
    expect(await told(8)).not.toEqual(first);
  });

  // REF-03 to REF-05 and REF-08; ten thousand histories are `pnpm simulate`.
  it('finds nothing wrong in 300 histories, though everything goes wrong in them', {
    timeout: patient,
  }, async () => {
    const tally = await runBatch({ from: 1, count: 300, plant: undefined }, surroundings);
    expect(tally.failures).toEqual([]);
    expect(tally.figures.forwarded).toBeGreaterThan(10_000);
    expect(tally.figures.refreshes).toBeGreaterThan(3_000);
    for (const step of [
      'before send',
      'sent',
      'rotated',
      'answered',
      'store asked',
      'stored',
      'store answered',
    ]) {
      expect(tally.falls[`killed: ${step}`], `killed: ${step}`).toBeGreaterThan(0);
      expect(tally.falls[`stopped: ${step}`], `stopped: ${step}`).toBeGreaterThan(0);
    }
    for (const why of [
      'holder died',
      'answer lost',
      'request arrived late',
      'holder silent past its lease',
    ]) {
      expect(tally.losses[why], why).toBeGreaterThan(0);
    }
  });

  it.for(plantNames)('finds the planted bug %s', { timeout: patient }, async (plant) => {
    const { failures } = await firstFailure(plant);
    expect(failures).toHaveLength(1);
    expect(seenAs[plant]).toContain(failures[0]?.check);
  });
});

/** Runs histories with a bug in them until it shows, at most 500. */
async function firstFailure(plant: PlantName): Promise<Pick<Tally, 'failures'>> {
  for (let seed = 1; seed <= 500; seed += 1) {
    const tally = await runBatch({ from: seed, count: 1, plant }, surroundings);
    if (tally.failures.length > 0) return tally;
  }
  return { failures: [] };
}
