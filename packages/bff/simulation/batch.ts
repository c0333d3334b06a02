import { createEngine } from './engine.ts';
import { runHistory } from './history.ts';
import { type PlantName, plants } from './plants.ts';
import { createTally, type Tally } from './tally.ts';
import type { Surroundings } from './world.ts';

/** Seeds to run, one after the other. */
export interface Batch {
  readonly from: number;
  readonly count: number;
  readonly plant: PlantName | undefined;
}

/** Runs a batch of histories and adds them up. */
export async function runBatch({ from, count, plant }: Batch, surroundings: Surroundings): Promise<Tally> {
  const tally = createTally();
  const makeEngine = plant ? plants[plant] : createEngine;
  for (let seed = from; seed < from + count; seed += 1) {
    const startedAt = performance.now();
    const history = await runHistory(seed, { surroundings, makeEngine });
    tally.add(history, performance.now() - startedAt);
  }
  return tally.total();
}
