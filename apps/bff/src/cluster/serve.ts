import { setTimeout } from 'node:timers/promises';
import { loggerOptions, parseDuration } from '@coatcheck/bff';
import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../config/schema.ts';
import { listen } from '../listen.ts';
import { createManagement, manage } from '../management.ts';
import type { Serving } from '../serve.ts';
import { startCrew } from './crew.ts';
import { watchHeartbeats } from './heartbeat.ts';
import { manageCrew, takeMetrics } from './managed.ts';
import { createClusterMetrics } from './metrics.ts';
import { usableCores } from './worker-count.ts';
import { type StartWorker, workerProcesses } from './worker-process.ts';

/** Milliseconds beyond delay and grace: for refreshes that are still to be stored, and time-outs of a provider. */
const lastPatience = 60_000;

/**
 * Starts workers that share the port for browsers, and the one management port that stands for all of them. This
 * process, the primary, serves no browser: it hands connections over, replaces workers that end and sums what they
 * count.
 *
 * @param size how many workers
 * @throws WorkerUnfit with the words of the worker that could not start, PortTaken
 */
export async function serveCluster(
  config: Config,
  size: number,
  start: StartWorker = workerProcesses(config),
): Promise<Serving> {
  let stopping = false;
  const metrics = createClusterMetrics();
  const management = createManagement(loggerOptions(config.log?.level ?? 'info'));
  const { log } = management;
  const crew = await startCrew({
    size,
    start,
    log,
    wait,
    now: () => performance.now(),
    onEnd: metrics.retire,
  });
  // Whoever outlives this process here would go on without anybody who replaces or stops it.
  process.once('exit', crew.kill);
  manage(management, manageCrew(crew, metrics, size), () => stopping);
  const stopHeartbeats = watchHeartbeats({
    crew,
    ask: (member, within) => takeMetrics(member, metrics, within),
    onStuck: ({ name, process: { pid } }) =>
      log.error({ event: 'worker.stuck', stuck: name, stuckPid: pid }, 'a worker does not answer any more'),
  });
  const stop = async (delay: boolean) => {
    stopping = true;
    stopHeartbeats();
    const { delay: pause = '0s', grace = '20s' } = config.shutdown ?? {};
    const patience = (delay ? parseDuration(pause) : 0) + parseDuration(grace) + lastPatience;
    const inOrder = await endsWithin(crew.stop(delay), patience);
    if (!inOrder) {
      log.error({ event: 'worker.stuck' }, 'workers do not end, and are killed');
      crew.kill();
    }
    await management.close();
  };
  try {
    const { host = 'localhost', port = 3001 } = config.management ?? {};
    const managementUrl = await listen(management, { host, port, key: 'management.port' });
    warnOfManyWorkers(size, log);
    return { url: crew.url, managementUrl, log, close: () => stop(true) };
  } catch (error) {
    await stop(false);
    throw error;
  }
}

function warnOfManyWorkers(size: number, log: FastifyBaseLogger): void {
  const cores = usableCores();
  if (size > cores) log.warn(`workers: ${size} processes share ${cores} cores; more than cores are slower`);
}

async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);
}

/** Whether it ended in time. */
async function endsWithin(ending: Promise<void>, milliseconds: number): Promise<boolean> {
  const done = new AbortController();
  const late = setTimeout(milliseconds, false, { signal: done.signal }).catch(() => true);
  const inTime = await Promise.race([ending.then(() => true), late]);
  done.abort();
  return inTime;
}
