import { expect } from 'vitest';
import { type Instance, instances, type Person, type Reply } from './calls.ts';
import type { Fleet } from './fleet.ts';
import type { Tally } from './tally.ts';

/** What became of a person after a fault. */
export interface Outcome {
  readonly person: Person;
  readonly replies: readonly Reply[];
  /** Of the last reply. Milliseconds. */
  readonly took: number;
}

/** Each person calls through these instances at once. */
export function callAll(
  fleet: Fleet,
  people: readonly Person[],
  through: readonly Instance[] = instances,
): Promise<Outcome[]> {
  return Promise.all(
    people.map(async (person) => {
      const startedAt = performance.now();
      const replies = await Promise.all(through.map((instance) => fleet.call(instance, person)));
      return { person, replies, took: performance.now() - startedAt };
    }),
  );
}

/** Those of some people. */
export function outcomesOf(outcomes: readonly Outcome[], people: readonly Person[]): Outcome[] {
  return outcomes.filter(({ person }) => people.includes(person));
}

/** All calls got through, none later than this. */
export function expectServed(outcomes: readonly Outcome[], why: string, within = 12_000): void {
  expect(unlike(outcomes, '200'), why).toEqual([]);
  expect(slowest(outcomes), why).toBeLessThan(within);
}

/** The provider refused the grant: everybody was told so, and the cookie is cleared. */
export function expectRefused(outcomes: readonly Outcome[], why: string, within = 12_000): void {
  expect(unlike(outcomes, '401 session_required refused, cookie cleared'), why).toEqual([]);
  expect(slowest(outcomes), why).toBeLessThan(within);
}

/** At the next expiry each of them refreshes once, with the newest token that the server gave out, and is served. */
export async function expectHealthy(
  fleet: Fleet,
  tally: Tally,
  people: readonly Person[],
  through: readonly Instance[] = instances,
): Promise<void> {
  const { ledger } = fleet;
  await fleet.expire();
  tally.due += people.length;
  const before = people.map(({ sub }) => ({
    sub,
    count: ledger.refreshesOf(sub).length,
    newest: ledger.newest(sub),
  }));
  expectServed(await callAll(fleet, people, through), 'at the next expiry');
  for (const { sub, count, newest } of before) {
    const sent = ledger.refreshesOf(sub).slice(count);
    expect(
      sent.map(({ refreshToken }) => refreshToken),
      `${sub} at the next expiry`,
    ).toEqual([newest]);
  }
}

/** Replies in words, those that say something else. */
function unlike(outcomes: readonly Outcome[], wanted: string): string[] {
  return outcomes.flatMap(({ person, replies }) =>
    replies
      .filter((reply) => inWords(reply) !== wanted)
      .map((reply) => `${person.sub} through ${reply.instance}: ${inWords(reply)}`),
  );
}

/** A reply for messages. */
export function inWords({ status, code, reason, signsOut }: Reply): string {
  const words = [status, code, reason].filter((word) => word !== null && word !== undefined);
  return `${words.join(' ')}${signsOut ? ', cookie cleared' : ''}`;
}

function slowest(outcomes: readonly Outcome[]): number {
  return Math.max(0, ...outcomes.map(({ took }) => took));
}
