import { describe, expect, it } from 'vitest';
import { type Crew, startCrew } from '../src/cluster/crew.ts';
import { watchHeartbeats } from '../src/cluster/heartbeat.ts';
import { usableCores, workerCount } from '../src/cluster/worker-count.ts';
import type { Ending, WorkerProcess } from '../src/cluster/worker-process.ts';
import { WorkerUnfit } from '../src/start-failure.ts';

/** A worker that does what the test says. */
function fakeWorker(name: number, onStop: (end: () => void) => void) {
  const serving = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<Ending>();
  serving.promise.catch(() => undefined);
  const end = (signal: string | null = null) => {
    serving.reject(new WorkerUnfit('ended before it served', false));
    ended.resolve({ code: signal ? null : 0, signal });
  };
  const calls: string[] = [];
  const process: WorkerProcess = {
    pid: name,
    serving: serving.promise,
    ended: ended.promise,
    ask: () => Promise.reject(new Error('not asked here')),
    stop(delay) {
      calls.push(delay ? 'stop' : 'stop at once');
      onStop(() => end());
    },
    kill() {
      calls.push('kill');
      end('SIGKILL');
    },
  };
  return {
    name,
    process,
    calls,
    end,
    serve: () => serving.resolve('http://localhost:3000'),
    refuse: (message: string) => {
      serving.reject(new WorkerUnfit(message, true));
      ended.resolve({ code: 1, signal: null });
    },
  };
}

/** A crew whose workers the test starts and ends, on a clock and with pauses of its own. */
function rehearse(size: number, onStop: (end: () => void) => void = (end) => end()) {
  const workers: ReturnType<typeof fakeWorker>[] = [];
  const pauses: number[] = [];
  const retired: number[] = [];
  const errors: unknown[] = [];
  const clock = { now: 0 };
  const crew = startCrew({
    size,
    start(name) {
      const worker = fakeWorker(name, onStop);
      workers.push(worker);
      return worker.process;
    },
    log: { info: () => undefined, error: (_fields: unknown, message?: string) => void errors.push(message) },
    wait: async (milliseconds) => void pauses.push(milliseconds),
    now: () => clock.now,
    onEnd: (name) => retired.push(name),
  });
  crew.catch(() => undefined);
  const nth = async (at: number) => {
    await expect.poll(() => workers.length).toBeGreaterThan(at);
    const worker = workers[at];
    if (!worker) throw new Error('nobody started');
    return worker;
  };
  return { crew, workers, pauses, retired, errors, clock, nth };
}

async function bothServe({ crew, nth }: ReturnType<typeof rehearse>): Promise<Crew> {
  (await nth(0)).serve();
  (await nth(1)).serve();
  return crew;
}

describe('how many workers', () => {
  it('is one unless told, as many as told, and with auto no more than there are cores', () => {
    expect(workerCount(undefined, 8)).toBe(1);
    expect(workerCount(3, 2)).toBe(3);
    expect(workerCount('auto', 2)).toBe(2);
    expect(workerCount('auto')).toBe(usableCores());
    expect(usableCores()).toBeGreaterThanOrEqual(1);
  });
});

describe('a crew of workers', () => {
  it('starts one alone, so that what is wrong for all is told by one', async () => {
    const { crew, workers, nth } = rehearse(3);
    (await nth(0)).refuse('spa.directory: holds no index.html.');
    await expect(crew).rejects.toThrow(/^spa\.directory: holds no index\.html\.$/);
    expect(workers).toHaveLength(1);
  });

  it('starts nothing where one of the others cannot, and leaves nobody behind', async () => {
    const { crew, nth } = rehearse(3);
    const [one] = [await nth(0)];
    one.serve();
    (await nth(1)).end('SIGKILL');
    await expect(crew).rejects.toThrow('ended before it served');
    expect(one.calls).toEqual(['stop at once']);
    expect((await nth(2)).calls).toEqual(['stop at once']);
  });

  it('replaces one that ends, in its place, and tells of those that serve', async () => {
    const rehearsal = rehearse(2);
    const crew = await bothServe(rehearsal);
    rehearsal.clock.now = 3_600_000;
    (await rehearsal.nth(0)).end('SIGSEGV');
    const next = await rehearsal.nth(2);
    expect(next.name).toBe(1);
    expect(crew.members().map(({ name }) => name)).toEqual([2]);
    next.serve();
    await expect.poll(() => crew.members().map(({ name }) => name)).toEqual([1, 2]);
    expect(crew.replaced).toBe(1);
    expect(rehearsal.retired).toEqual([1]);
    expect(rehearsal.pauses).toEqual([0]);
  });

  it('waits longer each time that one ends young, up to half a minute, until one lives', async () => {
    const rehearsal = rehearse(2);
    await bothServe(rehearsal);
    (await rehearsal.nth(0)).end();
    // Others do not even start.
    for (let at = 2; at < 9; at += 1) (await rehearsal.nth(at)).refuse('no');
    const last = await rehearsal.nth(9);
    expect(rehearsal.pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    last.serve();
    await last.process.serving;
    await expect.poll(async () => (await rehearsal.crew).members()).toHaveLength(2);
    rehearsal.clock.now += 60_000;
    last.end();
    await rehearsal.nth(10);
    expect(rehearsal.pauses.at(-1)).toBe(0);
  });

  it('stops all with the configured delay, and replaces nobody meanwhile', async () => {
    const ends: (() => void)[] = [];
    const rehearsal = rehearse(2, (end) => ends.push(end));
    const crew = await bothServe(rehearsal);
    const stopped = crew.stop(true);
    expect(rehearsal.workers.map(({ calls }) => calls)).toEqual([['stop'], ['stop']]);
    for (const end of ends) end();
    await stopped;
    expect(rehearsal.workers).toHaveLength(2);
    expect(rehearsal.pauses).toEqual([]);
  });
});

describe('a crew that is told to stop while one is replaced', () => {
  it('stops the new one too, and complains of nothing', async () => {
    const rehearsal = rehearse(2);
    const crew = await bothServe(rehearsal);
    (await rehearsal.nth(0)).end();
    const next = await rehearsal.nth(2);
    await crew.stop(true);
    expect(next.calls).toEqual(['stop']);
    expect(rehearsal.errors).toEqual(['a worker ended']);
    expect(rehearsal.workers).toHaveLength(3);
  });
});

describe('heartbeats', () => {
  it('kill a worker that has not answered six times in a row, and no other', async () => {
    const [deaf, slow, well] = [1, 2, 3].map((name) => fakeWorker(name, (end) => end()));
    if (!deaf || !slow || !well) throw new Error('nobody');
    const asked = [0, 0, 0];
    const stop = watchHeartbeats({
      crew: { members: () => [deaf, slow, well] },
      interval: 1,
      async ask({ name }) {
        const count = (asked[name - 1] ?? 0) + 1;
        asked[name - 1] = count;
        if (name === 1 || (name === 2 && count % 6 !== 0)) throw new Error('no answer');
      },
      onStuck: ({ name }) => expect(name).toBe(1),
    });
    await expect.poll(() => asked[0]).toBeGreaterThan(20);
    stop();
    expect([deaf.calls, slow.calls, well.calls]).toEqual([['kill'], [], []]);
  });
});
