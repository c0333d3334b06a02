import { expect } from 'vitest';
import { type Instance, instances, others, type Person, type Reply } from '../calls.ts';
import { type Fleet, victim } from '../fleet.ts';
import { callAll, expectServed, inWords } from '../outcomes.ts';
import type { Tally } from '../tally.ts';

const endings = 50;
/** How long an ended session may be served elsewhere. Milliseconds. */
const longest = 1_000;

/** Sessions that all instances have cached are ended in one of them, in turn: how soon do the others refuse them? */
export async function endedElsewhere(fleet: Fleet, tally: Tally): Promise<void> {
  const people = await fleet.people('ended', endings);
  expectServed(await callAll(fleet, people), 'before the endings');
  for (const [at, person] of people.entries()) {
    const where = instances[at % instances.length] ?? 0;
    const endedAt = await end(fleet, where, person, at % 8 === 0);
    const refusals = await Promise.all(
      others(where).map((instance) => untilRefused(fleet, instance, person)),
    );
    tally.revocations.push(Math.max(...refusals.map(({ refusal }) => refusal.endedAt)) - endedAt);
    expect(latest(refusals) - endedAt, person.sub).toBeLessThan(longest);
    for (const { status, reason } of refusals.map(({ refusal }) => refusal))
      expect([status, reason], person.sub).toEqual([401, at % 8 === 0 ? 'revoked' : 'signed-out']);
  }
}

/** An instance stood still meanwhile, with the sessions in its cache and calls in its sockets. */
export async function endedDuringPause(fleet: Fleet): Promise<void> {
  const people = await fleet.people('ended-pause', 6);
  const lines = await Promise.all(people.map((person) => fleet.openLine(victim, person)));
  for (const line of lines) {
    await line.send();
    expect(await line.status()).toBe(200);
  }
  fleet.signal(victim, 'SIGSTOP');
  // Some calls come first, so that they are read before anything that tells of the ending.
  for (const line of lines.slice(0, 3)) await line.send();
  for (const person of people) await end(fleet, 1, person);
  const endedAt = performance.now();
  await expect
    .poll(() => performance.now() - endedAt, { timeout: 5_000, interval: 20 })
    .toBeGreaterThan(longest);
  for (const line of lines.slice(3)) await line.send();
  fleet.signal(victim, 'SIGCONT');
  const statuses = await Promise.all(lines.map((line) => line.status()));
  for (const line of lines) line.close();
  expect(statuses).toEqual(people.map(() => 401));
}

/** The channel that tells of endings is lost: silent while all else may work, or cut with everything else. */
export async function endedWithoutChannel(fleet: Fleet): Promise<void> {
  const wire = fleet.store.server?.wire;
  const link = fleet.link();
  if (!wire || !link) return;
  for (const fault of ['silent', 'cut'] as const) {
    const people = await fleet.people(`ended-${fault}`, 3);
    expectServed(await callAll(fleet, people), `before it is ${fault}`);
    if (fault === 'cut') link.cut();
    else link.silence(wire.listen);
    for (const person of people) await end(fleet, 1, person);
    const endedAt = performance.now();
    const refusals = await Promise.all(people.map((person) => untilRefused(fleet, victim, person)));
    expect(latest(refusals) - endedAt, fault).toBeLessThan(longest);
    link.mend();
    const back = await Promise.all(people.map((person) => untilKnown(fleet, victim, person)));
    expect(back.map(inWords)).toEqual(people.map(() => '401 session_required signed-out, cookie cleared'));
  }
}

/** Ends a session; resolves to when that was answered. */
async function end(fleet: Fleet, where: Instance, person: Person, byAdministration = false): Promise<number> {
  const { rig } = fleet;
  if (byAdministration) await rig.bff.endSubject(rig.as.issuer, person.sub);
  else expect((await fleet.signOut(where, person)).status).toBe(200);
  return performance.now();
}

/** The first call that was not served any more. */
interface Refused {
  readonly refusal: Reply;
  /** When the last call began that was served. */
  readonly servedAt: number;
}

function latest(refused: readonly Refused[]): number {
  return Math.max(...refused.map(({ servedAt }) => servedAt));
}

/** Calls over and over until a call is not served any more. */
async function untilRefused(fleet: Fleet, instance: Instance, person: Person): Promise<Refused> {
  const deadline = performance.now() + 5 * longest;
  let servedAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    const reply = await fleet.call(instance, person);
    if (reply.status !== 200) {
      // Nobody can say who is signed in while the store is not there.
      expect([401, 503], inWords(reply)).toContain(reply.status);
      return { refusal: reply, servedAt };
    }
    servedAt = reply.startedAt;
    expect(reply.startedAt, `${person.sub} is still served by ${instance}`).toBeLessThan(deadline);
  }
}

/** Calls over and over until the instance has found its store again. */
async function untilKnown(fleet: Fleet, instance: Instance, person: Person): Promise<Reply> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    const reply = await fleet.call(instance, person);
    if (reply.status !== 503) return reply;
    expect(performance.now(), 'the store is not found again').toBeLessThan(deadline);
  }
}
