import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { checkForwarding } from './check-forwarding.ts';
import type { Load } from './load.ts';
import type { Machine } from './machine.ts';
import { measure } from './measure.ts';
import type { Run } from './report.ts';
import { chosen, type Settings } from './settings.ts';
import { startTargets } from './start-targets.ts';
import { measureStreams, type StreamSettings, startEventSource } from './streams/measure.ts';
import { type Provider, startProvider } from './surroundings/authorization-server.ts';
import { startUpstream } from './surroundings/upstream.ts';
import { base, streaming, targets } from './targets/all.ts';
import type { Target } from './targets/target.ts';
import { measureWebSockets } from './web-sockets.ts';
import { workloads } from './workloads.ts';

/** What a run needs. */
export interface Order {
  readonly settings: Settings;
  readonly machine: Machine;
  readonly load: Load;
  /** Empty; removed by the caller. */
  readonly folder: string;
  /** Gets what closes the programs that are started. */
  readonly closers: (() => Promise<unknown>)[];
  /** Told how it goes. */
  readonly say: (words: string) => void;
}

type Figures = Pick<
  Run,
  'workloads' | 'streams' | 'streamSettings' | 'webSockets' | 'targets' | 'missing' | 'upstream'
>;

const streamSettings: StreamSettings = {
  streams: 1_000,
  rounds: 5,
  callSeconds: 2,
  fanOutSeconds: 1,
  connections: 64,
};

/** Measures all that is asked for, one part after the other, everything against the same authorization server. */
export async function measureAll(order: Order): Promise<Figures> {
  const { settings, machine, folder, closers } = order;
  const isAsked = (part: string) => !settings.parts || settings.parts.includes(part);
  const { provider, program } = await startProvider(machine, folder);
  closers.push(program.close);
  const calls = await measureCalls(order, provider);
  const events = isAsked('event streams') ? await measureEvents(order, provider) : undefined;
  const own = path.join(folder, 'web-sockets');
  await mkdir(own);
  const webSockets = isAsked('web sockets')
    ? await measureWebSockets(machine, provider, own, settings.quick ? 2 : 35)
    : undefined;
  return {
    ...calls,
    missing: [...calls.missing, ...(events?.missing ?? [])],
    streams: events?.summaries ?? [],
    streamSettings: streamsOf(settings),
    webSockets,
  };
}

/** All workloads on all targets. The targets are gone when the next part begins: idle, too, they cost. */
async function measureCalls({ settings, machine, load, folder, closers, say }: Order, provider: Provider) {
  const asked = chosen(workloads, settings);
  const own: (() => Promise<unknown>)[] = [];
  closers.push(() => closeAll(own));
  const upstream = await startUpstream(machine, folder);
  own.push(upstream.close);
  const wanted = asked.length > 0 ? only(targets, settings) : [];
  const lineup = await startTargets(wanted, { machine, upstream, provider, folder }, own);
  const measured: Run['workloads'][number][] = [];
  for (const workload of asked) {
    const runners = lineup.runners.filter(({ name }) => workload.targets.includes(name));
    const rounds = await measure(runners, {
      load,
      workload,
      onSample(round, name, { requests, seconds, failed }) {
        const place = round < 0 ? 'warm-up' : `round ${round + 1}/${workload.rounds}`;
        const bad = failed ? `, ${failed} bad` : '';
        say(`${workload.name}, ${place}: ${name}: ${Math.round(requests / seconds)} req/s${bad}`);
      },
    });
    measured.push({ workload, rounds });
  }
  for (const { name, started } of lineup.runners) await checkForwarding(name, started, upstream);
  await closeAll(own);
  return {
    workloads: measured,
    targets: lineup.measured,
    missing: lineup.missing,
    upstream: upstream.name,
  };
}

/** Event streams need an API in Node, and so targets of their own. */
async function measureEvents({ settings, machine, load, folder, closers, say }: Order, provider: Provider) {
  const own: (() => Promise<unknown>)[] = [];
  closers.push(() => closeAll(own));
  const inside = path.join(folder, 'streams');
  await mkdir(inside);
  const source = await startEventSource(machine, inside);
  own.push(source.close);
  const surroundings = { machine, upstream: source, provider, folder: inside };
  const { runners } = await startTargets(only(streaming, settings), surroundings, own);
  const tell = (words: string) => say(`event streams, ${words}`);
  const results = await measureStreams(runners, source, { ...streamsOf(settings), load }, tell);
  await closeAll(own);
  return results;
}

function streamsOf({ quick, rounds }: Settings): StreamSettings {
  const part = { ...streamSettings, rounds: rounds ?? streamSettings.rounds };
  return quick ? { ...part, callSeconds: 1, fanOutSeconds: 0.3 } : part;
}

function only(all: readonly Target[], { targets: asked }: Settings): Target[] {
  return all.filter((target) => target === base || !asked || asked.includes(target.name));
}

async function closeAll(closers: (() => Promise<unknown>)[]): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}
