import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Batch } from './batch.ts';
import type { PlantName } from './plants.ts';
import { added, emptyTally, type Tally } from './tally.ts';

export interface CrewOptions {
  readonly from: number;
  readonly histories: number;
  readonly plant: PlantName | undefined;
  readonly workers: number;
  /** Stops soon after so many failures. */
  readonly mostFailures: number;
  readonly progress?: (done: number) => void;
}

const batchSize = 50;

/** Runs histories in several threads. The seeds decide, so the result does not depend on how many there are. */
export async function runCrew(options: CrewOptions): Promise<Tally> {
  const { from, histories, plant } = options;
  let next = from;
  let total = emptyTally;

  function nextBatch(): Batch | undefined {
    const count = Math.min(batchSize, from + histories - next);
    if (count <= 0 || total.failures.length >= options.mostFailures) return undefined;
    next += count;
    return { from: next - count, count, plant };
  }

  async function work(): Promise<void> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    try {
      for (let batch = nextBatch(); batch; batch = nextBatch()) {
        worker.postMessage(batch);
        const [tally]: Tally[] = await once(worker, 'message');
        if (!tally) throw new Error('a worker answered with nothing');
        total = added(total, tally);
        options.progress?.(total.histories);
      }
    } finally {
      await worker.terminate();
    }
  }

  await Promise.all(Array.from({ length: options.workers }, work));
  return { ...total, failures: total.failures.toSorted((a, b) => a.seed - b.seed) };
}
