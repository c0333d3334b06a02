import { deepEqual, equal, fail } from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Store, StoreChange, StoredSession, Tombstone } from '../store.ts';

/** The store that one case works on. */
export interface ContractSubject {
  readonly store: Store;
  /**
   * Opens a second handle on the same data, as another process would; left out by a store that is not shared. Only
   * `dispose` closes it.
   */
  readonly openAgain?: () => Promise<Store>;
  /** Closes all handles, which a case may have done already, and removes the data. */
  readonly dispose: () => Promise<void>;
}

/** One case, for a test runner. */
export interface ContractCase {
  readonly name: string;
  run(): Promise<void>;
}

/** One case, as the files beside this one write it. */
export interface Check {
  readonly name: string;
  /** Says nothing about a store that is not shared. */
  readonly needsSecondHandle?: true;
  check(subject: ContractSubject, patience: number): Promise<void>;
}

/** The second handle, for cases that need one. */
export async function secondHandle({ openAgain }: ContractSubject): Promise<Store> {
  return openAgain === undefined ? fail('this case needs openAgain') : openAgain();
}

/** The time at which the cases play. */
export const now = 1_800_000_000_000;

/** A session for a case to store; the same arguments make the same session. */
export function sampleSession(id: string, overrides: Partial<StoredSession> = {}): StoredSession {
  return {
    id,
    version: 1,
    sealed: new TextEncoder().encode(`sealed record of ${id}`),
    subject: `subject of ${id}`,
    providerSession: `provider session of ${id}`,
    device: new TextEncoder().encode(`device of ${id}`),
    createdAt: now,
    lastSeenAt: now,
    idleExpiresAt: now + 1_800_000,
    expiresAt: now + 43_200_000,
    ...overrides,
  };
}

export function sampleTombstone(id: string, overrides: Partial<Tombstone> = {}): Tombstone {
  return { id, reason: 'signed-out', endedAt: now, expiresAt: now + 86_400_000, ...overrides };
}

/** Checks that a session stands under the id of `expected`, equal in everything. */
export async function expectSession(store: Store, expected: StoredSession): Promise<void> {
  const found = await store.sessions.read(expected.id);
  if (found.kind !== 'session') fail(`expected a session under ${expected.id}, found ${found.kind}`);
  deepEqual(comparable(found.session), comparable(expected));
}

/** Checks that nothing but this tombstone stands under its id. */
export async function expectEnded(store: Store, tombstone: Tombstone): Promise<void> {
  deepEqual(await store.sessions.read(tombstone.id), { kind: 'ended', tombstone });
}

/** Whether the bytes come as a Buffer or another Uint8Array is no part of the contract. */
function comparable({ sealed, device, ...rest }: StoredSession) {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return { ...rest, sealed: text(sealed), device: device && text(device) };
}

/** Records what a store tells of. */
export function record(store: Store): StoreChange[] {
  const told: StoreChange[] = [];
  store.changes.subscribe((change) => told.push(change));
  return told;
}

/** Waits until a list has so many entries, or patience ends. */
export async function waitForChanges(
  told: readonly StoreChange[],
  count: number,
  patience: number,
): Promise<void> {
  const deadline = performance.now() + patience;
  while (told.length < count && performance.now() < deadline) await delay(5);
}

/** Waits until a list has as many entries as expected, then compares. */
export async function expectTold(
  told: readonly StoreChange[],
  expected: readonly StoreChange[],
  patience: number,
): Promise<void> {
  await waitForChanges(told, expected.length, patience);
  deepEqual(told, expected);
}

/** How many of these answers are true. */
export async function countTrue(answers: readonly Promise<boolean>[]): Promise<number> {
  return (await Promise.all(answers)).filter((answer) => answer).length;
}

export async function expectTrue(answer: Promise<boolean>): Promise<void> {
  equal(await answer, true);
}

export async function expectFalse(answer: Promise<boolean>): Promise<void> {
  equal(await answer, false);
}
