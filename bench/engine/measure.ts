import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Machine } from '../machine.ts';
import { startProvider } from '../surroundings/authorization-server.ts';
import { startUpstream } from '../surroundings/upstream.ts';
import type { EngineSurroundings } from './instances.ts';
import { runPart } from './part-program.ts';
import type { EngineResults, Figures, StoreResults } from './results.ts';
import { measureRevocation } from './revocation.ts';
import { countRoundTrips } from './round-trips.ts';
import { recordBytes } from './sessions.ts';
import type { EngineSettings } from './settings.ts';
import { storeKinds } from './stores/all.ts';
import type { RunningStore, StoreKind } from './stores/store.ts';
import { measureThroughput } from './throughput.ts';

/** What can be asked for by `--only`. */
export const parts = ['round-trips', 'revocation', 'throughput', 'stores', 'cache'] as const;
export type Part = (typeof parts)[number];

/** Whom to tell what is being done. */
export type Say = (words: string) => void;

const program = (name: string) => path.join(import.meta.dirname, name);
/** Life of the access tokens that are to be refreshed. Seconds. */
const shortLife = 1;

/** Takes all figures, one after the other: nothing runs beside what is measured. */
export async function measureEngine(
  settings: EngineSettings,
  machine: Machine,
  folder: string,
  say: Say,
): Promise<EngineResults> {
  const upstream = await startUpstream(machine, folder);
  const { provider, program: server } = await startProvider(machine, folder, { signingAlgorithm: 'ES256' });
  try {
    const surroundings = { machine, folder, upstream, provider };
    const stores: StoreResults[] = [];
    const missing: string[] = [];
    for (const kind of storeKinds) {
      if (settings.stores && !settings.stores.includes(kind.name)) continue;
      const measured = await measureStore(settings, surroundings, kind, say);
      if (typeof measured === 'string') missing.push(`${kind.name}: ${measured}`);
      else stores.push(measured);
    }
    return { settings, stores, cache: await weighCache(settings, machine, folder, say), missing };
  } finally {
    await server.close();
    await upstream.close();
  }
}

/** @returns why it could not be started, where a program is missing */
async function measureStore(
  settings: EngineSettings,
  surroundings: EngineSurroundings,
  kind: StoreKind,
  say: Say,
): Promise<StoreResults | string> {
  const { machine } = surroundings;
  const own = await mkdtemp(path.join(surroundings.folder, 'store-'));
  const started = await kind.start(machine, own);
  if (typeof started === 'string') return started;
  const shared: RunningStore = started;

  async function measure<T>(part: Part, work: (store: RunningStore) => Promise<T>): Promise<T | undefined> {
    if (settings.only && !settings.only.includes(part)) return undefined;
    say(`${kind.name}: ${part}`);
    if (part !== 'stores' || !settings.fresh) return work(shared);
    const empty = await kind.start(machine, await mkdtemp(path.join(own, 'empty-')));
    if (typeof empty === 'string') throw new Error(empty);
    return work(empty).finally(empty.close);
  }
  const fill = (bytes: number, sessions: number, lookUps: number) =>
    measure('stores', ({ url }) =>
      runPart(machine, program('large-store.ts'), {
        STORE: kind.name,
        STORE_URL: url,
        SESSIONS: sessions,
        OVER: lookUps === 0 ? 0 : settings.over,
        LOOK_UPS: lookUps,
        RECORD_BYTES: bytes,
      }),
    );

  try {
    const { sessions, lookUps } = settings;
    return {
      name: kind.name,
      version: shared.version,
      roundTrips: await measure('round-trips', (store) =>
        countRoundTrips(surroundings, kind, store, settings.calls),
      ),
      revocation: await measure('revocation', (store) =>
        measureRevocation(surroundings, store, settings.revocations),
      ),
      throughput: await measure('throughput', (store) => hurry(settings, surroundings, store)),
      smaller: await fill(recordBytes.without, Math.ceil(sessions / 20), 0),
      large: await fill(
        recordBytes.withIdToken,
        sessions,
        kind.name === 'SQLite' ? lookUps.sqlite : lookUps.server,
      ),
    };
  } finally {
    await shared.close();
    await rm(own, { recursive: true, force: true });
  }
}

/** Measures throughput at an authorization server of its own: it remembers everything, and would grow slow. */
async function hurry(
  { seconds }: EngineSettings,
  surroundings: EngineSurroundings,
  store: RunningStore,
): ReturnType<typeof measureThroughput> {
  const folder = await mkdtemp(path.join(surroundings.folder, 'provider-'));
  const { provider, program: server } = await startProvider(surroundings.machine, folder, {
    accessTokenLifetime: shortLife,
    signingAlgorithm: 'ES256',
  });
  return measureThroughput({ ...surroundings, provider }, store, seconds, shortLife).finally(server.close);
}

async function weighCache(
  { only, cached }: EngineSettings,
  machine: Machine,
  folder: string,
  say: Say,
): Promise<Figures[]> {
  if (only && !only.includes('cache')) return [];
  const weighed: Figures[] = [];
  for (const bytes of [recordBytes.withIdToken, recordBytes.without]) {
    say(`cache: records of ${bytes} bytes`);
    const own = path.join(folder, `cache-${bytes}`);
    await mkdir(own);
    weighed.push(
      await runPart(machine, program('cached-sessions.ts'), { COUNT: cached, BYTES: bytes, FOLDER: own }),
    );
  }
  return weighed;
}
