/** An operating-system process: it runs, is stopped and goes on (SIGSTOP, SIGCONT), or is killed (SIGKILL). */
export interface Process {
  readonly name: string;
  isRunning(): boolean;
  isDead(): boolean;
  /** Since its start, or since it was last made to go on. */
  runningSince(): number;
  /** Whether it stood still at any time since then. */
  stoodStillSince(time: number): boolean;
  /** Does the work now, when the process goes on, or never. */
  run(work: () => void, tag?: EventTag): void;
  stop(): void;
  /**
   * @param timersFirst whether timers that are overdue are looked at before what the network brought meanwhile
   * @param feedLost whether what the store told meanwhile is lost
   */
  goOn(timersFirst: boolean, feedLost: boolean): void;
  kill(): void;
}

/** What kind of event reaches a process, where that matters. */
export type EventTag = 'timer' | 'feed';

/** Time as a process sees it. */
interface Time {
  now(): number;
  at(time: number, work: () => void, process?: Process, tag?: EventTag): unknown;
}

/** @param time what came while the process stood still is done through it */
export function createProcess(name: string, time: Time): Process {
  let state: 'running' | 'stopped' | 'dead' = 'running';
  let since = time.now();
  let lastStill = Number.NEGATIVE_INFINITY;
  let waiting: { readonly work: () => void; readonly tag: EventTag | undefined }[] = [];

  const self: Process = {
    name,
    isRunning: () => state === 'running',
    isDead: () => state === 'dead',
    runningSince: () => since,
    stoodStillSince: (then) => state === 'stopped' || lastStill >= then,
    run(work, tag) {
      if (state === 'running') work();
      else if (state === 'stopped') waiting.push({ work, tag });
    },
    stop() {
      if (state === 'running') state = 'stopped';
    },
    goOn(timersFirst, feedLost) {
      if (state !== 'stopped') return;
      state = 'running';
      since = time.now();
      lastStill = since;
      const kept = waiting.filter(({ tag }) => !(feedLost && tag === 'feed'));
      const timers = kept.filter(({ tag }) => tag === 'timer');
      const others = kept.filter(({ tag }) => tag !== 'timer');
      waiting = [];
      const inOrder = timersFirst ? [...timers, ...others] : [...others, ...timers];
      for (const { work, tag } of inOrder) time.at(since, work, self, tag);
    },
    kill() {
      state = 'dead';
      waiting = [];
    },
  };
  return self;
}
