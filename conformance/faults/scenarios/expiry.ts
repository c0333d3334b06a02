import { expect } from 'vitest';
import { instances } from '../calls.ts';
import type { Fleet } from '../fleet.ts';
import { inWords } from '../outcomes.ts';
import { audienceOf, resources } from '../resources.ts';
import type { Tally } from '../tally.ts';

const callsAtOnce = 500;
/** Seconds to the next round: twice the tokens are dead by then, once they still live and are due. */
const rounds = [301, 275, 301];

/**
 * The tokens of many people run out, and all of them call two resources through all instances at once: one refresh per
 * grant and resource, and nobody notices.
 */
export async function manyCallsAtExpiry(fleet: Fleet, tally: Tally): Promise<void> {
  const { ledger, rig } = fleet;
  const people = await fleet.people('crowd', 10);
  const lanes = people.flatMap((person) =>
    resources.flatMap((resource) => instances.map((instance) => ({ person, resource, instance }))),
  );
  const calls = Array.from({ length: callsAtOnce }, (_, at) => lanes[at % lanes.length] ?? []).flat();

  for (const [round, seconds] of rounds.entries()) {
    await rig.advance(seconds);
    tally.due += people.length * resources.length;
    const before = ledger.totals();
    const replies = await Promise.all(
      calls.map(({ instance, person, resource }) => fleet.call(instance, person, resource)),
    );
    const after = ledger.totals();
    expect(
      replies.map(inWords).filter((words) => words !== '200'),
      `round ${round}`,
    ).toEqual([]);
    expect(after.forwarded - before.forwarded).toBe(callsAtOnce);
    expect(after.wrong).toEqual([]);
    expect(ledger.repeated()).toEqual([]);
    expect(after.refreshes - before.refreshes, `round ${round}`).toBe(people.length * resources.length);
    for (const { sub } of people) {
      const last = ledger.refreshesOf(sub).slice(-resources.length);
      expect(last.map(({ resource }) => resource).sort()).toEqual(resources.map(audienceOf).sort());
    }
  }
}
