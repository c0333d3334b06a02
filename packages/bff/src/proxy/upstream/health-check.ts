import type { HealthCheckSettings } from '../../options/route-upstreams.ts';

/** Asks an upstream again and again how it is. */
export interface HealthCheck {
  /** True until it has failed often enough. */
  readonly isHealthy: boolean;
  /** Milliseconds between two checks. */
  readonly interval: number;
  start(): void;
  stop(): void;
}

export interface HealthCheckParts {
  /** Whether the upstream answers well; may reject, and give up when the signal says so. */
  readonly ask: (path: string, signal: AbortSignal) => Promise<boolean>;
  /** From 0 to 1: instances that start together do not ask together. */
  readonly random: () => number;
  readonly changed: (isHealthy: boolean) => void;
}

/** Makes a check that is not started. */
export function createHealthCheck(settings: HealthCheckSettings, parts: HealthCheckParts): HealthCheck {
  const { path, interval, timeout, unhealthyAfter, healthyAfter } = settings;
  const stopped = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let isHealthy = true;
  /** Answers in a row that speak against what is taken for true. */
  let against = 0;

  const note = (works: boolean) => {
    against = works === isHealthy ? 0 : against + 1;
    if (against < (isHealthy ? unhealthyAfter : healthyAfter)) return;
    against = 0;
    isHealthy = works;
    parts.changed(isHealthy);
  };
  const look = async () => {
    const works = await answerWithin(timeout, stopped.signal, (signal) => parts.ask(path, signal));
    if (stopped.signal.aborted) return;
    note(works);
    plan(interval * (0.9 + 0.2 * parts.random()));
  };
  const plan = (pause: number) => {
    timer = setTimeout(() => void look(), pause).unref();
  };

  return {
    get isHealthy() {
      return isHealthy;
    },
    interval,
    start() {
      plan(Math.min(interval, 1_000) * parts.random());
    },
    stop() {
      clearTimeout(timer);
      stopped.abort();
    },
  };
}

/** Whatever is asked: within so many milliseconds there is an answer, and a failure is a no. */
async function answerWithin(
  timeout: number,
  stop: AbortSignal,
  ask: (signal: AbortSignal) => Promise<boolean>,
): Promise<boolean> {
  const late = AbortSignal.any([stop, AbortSignal.timeout(timeout)]);
  const { promise: given, resolve: give } = Promise.withResolvers<boolean>();
  const giveUp = () => give(false);
  late.addEventListener('abort', giveUp);
  ask(late).then(give, giveUp);
  const answer = await given;
  late.removeEventListener('abort', giveUp);
  return answer;
}
