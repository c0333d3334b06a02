import type { FastifyBaseLogger } from 'fastify';
import { countEnd, type EarlyEnds, pauseBeforeNext } from './back-off.ts';
import type { StartWorker, WorkerProcess } from './worker-process.ts';

/** A worker that serves, and its place. */
export interface Member {
  readonly name: number;
  readonly process: WorkerProcess;
}

/** A fixed number of workers: one that ends is replaced. */
export interface Crew {
  readonly url: string;
  /** Those that serve now. */
  members(): readonly Member[];
  /** How many were started in the place of others. */
  readonly replaced: number;
  /**
   * Lets all drain and end, and starts none any more.
   *
   * @param delay whether they serve on for the configured delay
   */
  stop(delay: boolean): Promise<void>;
  /** For when nothing can be waited for. */
  kill(): void;
}

export interface CrewOptions {
  readonly size: number;
  readonly start: StartWorker;
  readonly log: Pick<FastifyBaseLogger, 'info' | 'error'>;
  /** Resolves after milliseconds, or at once when the signal comes. */
  readonly wait: (milliseconds: number, stopped: AbortSignal) => Promise<void>;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Told of each worker that ended after it served, before another takes its place. */
  readonly onEnd: (name: number) => void;
}

/** One of the places, and who is there. */
interface Place {
  readonly name: number;
  process: WorkerProcess;
  servesSince: number | undefined;
  earlyEnds: EarlyEnds;
}

/**
 * Starts all workers: one alone first, so that what no worker can serve with is told once, then the others together.
 *
 * @throws WorkerUnfit where one of them ends before it serves; no worker is left then
 */
export async function startCrew(options: CrewOptions): Promise<Crew> {
  const { size, start, log, wait, now, onEnd } = options;
  const stopped = new AbortController();
  const places: Place[] = [];
  let replaced = 0;

  const open = async (name: number): Promise<string> => {
    const place: Place = { name, process: start(name), servesSince: undefined, earlyEnds: 0 };
    places.push(place);
    const url = await place.process.serving;
    place.servesSince = now();
    void keep(place);
    return url;
  };
  /** From one end to the next, until all are to stop. */
  const keep = async (place: Place): Promise<void> => {
    const { name } = place;
    for (;;) {
      const ending = await place.process.ended;
      if (place.servesSince !== undefined) onEnd(name);
      const served = place.servesSince === undefined ? 0 : now() - place.servesSince;
      place.servesSince = undefined;
      if (stopped.signal.aborted) return;
      place.earlyEnds = countEnd(place.earlyEnds, served);
      const pause = pauseBeforeNext(place.earlyEnds);
      const { pid } = place.process;
      log.error({ event: 'worker.ended', ended: name, endedPid: pid, ...ending, pause }, 'a worker ended');
      await wait(pause, stopped.signal);
      if (stopped.signal.aborted) return;
      replaced += 1;
      place.process = start(name);
      await place.process.serving.then(
        () => {
          place.servesSince = now();
          log.info(
            { event: 'worker.replaced', started: name, startedPid: place.process.pid },
            'it is replaced',
          );
        },
        (error: unknown) => {
          // One that is told to stop before it serves has done what it was told.
          if (!stopped.signal.aborted) log.error({ err: error, ended: name }, 'a worker could not start');
        },
      );
    }
  };
  const stop = async (delay: boolean) => {
    stopped.abort();
    for (const { process } of places) process.stop(delay);
    await Promise.all(places.map(({ process }) => process.ended));
  };

  try {
    const url = await open(1);
    await Promise.all(Array.from({ length: size - 1 }, (_, at) => open(at + 2)));
    return {
      url,
      members: () => places.filter((place) => place.servesSince !== undefined),
      get replaced() {
        return replaced;
      },
      stop,
      kill() {
        stopped.abort();
        for (const { process } of places) process.kill();
      },
    };
  } catch (error) {
    await stop(false);
    throw error;
  }
}
