import { createSecretKey, randomBytes } from 'node:crypto';
import type { Coatcheck, Store } from '@coatcheck/bff';
import { given } from '../given.ts';
import { openEngine } from './engine-app.ts';
import { quantilesOf } from './quantiles.ts';
import { type KnownSession, manySessions, pastSessions, startSessions } from './sessions.ts';
import { storeKinds } from './stores/all.ts';
import type { StoreKind } from './stores/store.ts';

interface Wanted {
  readonly kind: StoreKind;
  /** Of an empty store. */
  readonly url: string;
  readonly sessions: number;
  /** Of those, how many the sweep finds. */
  readonly over: number;
  /** 0: only the size is asked for. */
  readonly lookUps: number;
  readonly recordBytes: number;
}

/** Sessions that are opened with their key after loading. */
const mostKnown = 5_000;
/** As a tombstone is kept. Milliseconds. */
const tombstoneLife = 86_400_000;
/** Rows of one step of the sweep, as the server takes them. */
const sweepStep = 100;

/** Fills a store, weighs it, sweeps, and looks sessions up one after the other. Prints its figures as JSON. */
async function fillAndMeasure(wanted: Wanted): Promise<Record<string, number>> {
  const { kind, url, sessions, over, lookUps, recordBytes } = wanted;
  const key = randomBytes(32).toString('base64url');
  const maker = await openEngine('memory:', key);
  const known = await startSessions(
    maker.coatcheck,
    Math.min(mostKnown, Math.ceil(sessions / 10)),
    recordBytes,
  );
  await maker.close();

  const loading = await openEngine(url, key);
  const empty = await kind.size(url);
  const wantedIds = sampler(sessions, lookUps);
  const startedAt = performance.now();
  await kind.load(url, wantedIds.watch(manySessions(known, sessions)), loading.coatcheck.parts.store);
  const loadSeconds = (performance.now() - startedAt) / 1_000;
  await loading.close();
  const full = await kind.size(url);
  const parts = Object.entries(full.parts).map(
    ([name, bytes]) => [`part ${name}`, (bytes - (empty.parts[name] ?? 0)) / sessions] as const,
  );
  const size = { loadSeconds, bytes: (full.bytes - empty.bytes) / sessions, ...Object.fromEntries(parts) };
  if (lookUps === 0) return size;

  const { coatcheck, close } = await openEngine(url, key);
  // Only now, and swept first: every half minute a server sweeps by itself.
  await kind.load(url, pastSessions(known, over), coatcheck.parts.store);
  const swept = await sweep(coatcheck);
  const opened = await openAll(coatcheck, known);
  const found = await lookUp(coatcheck.parts.store, wantedIds.ids);
  await close();
  return { ...size, opened, ...found, ...swept };
}

/** Keeps the ids of some sessions that pass by, in random order. */
function sampler(total: number, count: number) {
  const step = Math.max(1, Math.floor(total / Math.max(1, count)));
  const ids: string[] = [];
  return {
    ids,
    *watch<T extends { id: string }>(sessions: Iterable<T>): Generator<T> {
      let at = 0;
      for (const session of sessions) {
        if (ids.length < count && at % step === 0) {
          const place = Math.floor(Math.random() * (ids.length + 1));
          ids.push(ids[place] ?? session.id);
          ids[place] = session.id;
        }
        at += 1;
        yield session;
      }
    },
  };
}

/** Loads what was written past the store as a request would: read, opened, parsed. @returns how many */
async function openAll({ parts }: Coatcheck, known: readonly KnownSession[]): Promise<number> {
  for (const { stored, key, subject } of known) {
    const ticket = {
      idHash: stored.id,
      key: createSecretKey(Buffer.from(key, 'base64url')),
      rotate: false,
    };
    const loaded = await parts.sessions.loadFresh(ticket);
    if (loaded.kind !== 'active' || loaded.session.record.subject !== subject) {
      throw new Error('a session that was loaded cannot be opened');
    }
  }
  return known.length;
}

async function lookUp(store: Store, ids: readonly string[]): Promise<Record<string, number>> {
  const micros = new Float64Array(ids.length);
  for (const [at, id] of ids.entries()) {
    const startedAt = performance.now();
    const found = await store.sessions.read(id);
    micros[at] = (performance.now() - startedAt) * 1_000;
    if (found.kind !== 'session') throw new Error('a session that was loaded is not found');
    // The event loop turns, as between requests.
    if (at % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const { count, p50, p99, p999, most } = quantilesOf(micros);
  return { lookUps: count, p50, p99, p999, most };
}

async function sweep({ parts }: Coatcheck): Promise<Record<string, number>> {
  const millis: number[] = [];
  let swept = 0;
  for (;;) {
    const startedAt = performance.now();
    const touched = await parts.store.sweep(Date.now(), sweepStep, tombstoneLife);
    if (touched === 0) break;
    millis.push(performance.now() - startedAt);
    swept += touched;
  }
  if (swept === 0) throw new Error('sessions that are over were not there to be swept');
  const { p50, most } = quantilesOf(millis);
  return { swept, sweepSteps: millis.length, sweepP50: p50, sweepMost: most };
}

if (import.meta.main) {
  const kind = storeKinds.find(({ name }) => name === given('STORE'));
  if (!kind) throw new Error('STORE names no store');
  const figures = await fillAndMeasure({
    kind,
    url: given('STORE_URL'),
    sessions: Number(given('SESSIONS')),
    over: Number(given('OVER')),
    lookUps: Number(given('LOOK_UPS')),
    recordBytes: Number(given('RECORD_BYTES')),
  });
  process.stdout.write(JSON.stringify(figures));
}
