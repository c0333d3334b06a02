import cluster, { type Worker } from 'node:cluster';

/**
 * Loaded into the BFF's process before anything else (`--import`): its wall clock runs ahead by as much as the test
 * says, so that rows about hours take milliseconds. Timers and the monotonic clock stay. Processes that it starts as
 * its workers have the same clock.
 */
const variable = 'CONFORMANCE_CLOCK_AHEAD';
const realNow = Date.now;
let ahead = Number(process.env[variable] ?? 0);
Date.now = () => realNow() + ahead;

process.on('message', (message: unknown) => {
  if (typeof message !== 'object' || message === null || !('ahead' in message)) return;
  ahead = Number(message.ahead);
  process.env[variable] = String(ahead);
  const workers = Object.values(cluster.workers ?? {}).flatMap((worker) => worker ?? []);
  void Promise.all(workers.map((worker) => passOn(worker))).then(() => process.send?.({ ahead }));
});
// The test process is gone: nobody would end this one.
process.on('disconnect', () => process.exit(1));
// A worker lives by the messages of its primary until it serves.
if (cluster.isPrimary) process.channel?.unref();

/** Resolves when the worker has set its clock, or is gone. */
function passOn(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.once('exit', () => resolve());
    worker.on('message', function heard(message: unknown) {
      if (typeof message !== 'object' || message === null || !('ahead' in message)) return;
      worker.off('message', heard);
      resolve();
    });
    worker.send({ ahead });
  });
}
