import { parentPort } from 'node:worker_threads';
import { type Batch, runBatch } from './batch.ts';
import { createSurroundings } from './surroundings.ts';

const surroundings = createSurroundings();

parentPort?.on('message', (batch: Batch) => {
  runBatch(batch, surroundings).then((tally) => parentPort?.postMessage(tally));
});
