import type { Jar } from '@coatcheck/testing';
import { expect } from 'vitest';
import type { Rig } from '../rig.ts';

/** How soon an ending must hold at every instance. Milliseconds. */
export const soon = 1_000;

/** Calls the API through one instance, with a copy of the cookies: nothing is learnt from the answer. */
export async function callAt(rig: Rig, instance: number, jar: Jar): Promise<number> {
  rig.bff.pin(instance);
  const { status } = await rig.call(jar.clone());
  rig.bff.pin(undefined);
  return status;
}

/** Lets every instance open the session, so that each has it cached. */
export async function expectSignedIn(rig: Rig, ...jars: Jar[]): Promise<void> {
  for (const [instance] of rig.bff.ports.entries()) {
    for (const jar of jars) expect(await callAt(rig, instance, jar), `at instance ${instance}`).toBe(200);
  }
}

/**
 * Nobody may use these cookies at any instance, a second after the ending at the latest, and everybody is told why.
 *
 * @param endedAt by the monotonic clock; default now
 */
export async function expectEnded(
  rig: Rig,
  jar: Jar,
  reason: string,
  endedAt = performance.now(),
): Promise<void> {
  const isOver = async () =>
    (await rig.call(jar.clone())).status === 401 && (await rig.session(jar.clone())).authenticated === false;
  for (const [instance] of rig.bff.ports.entries()) {
    rig.bff.pin(instance);
    while (!(await isOver()))
      expect(performance.now() - endedAt, `instance ${instance} still serves`).toBeLessThan(soon);
  }
  for (const [instance] of rig.bff.ports.entries()) {
    rig.bff.pin(instance);
    const answer = await rig.call(jar.clone());
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'session_required', reason });
    expect(await rig.session(jar.clone())).toEqual({ authenticated: false, reason });
  }
  rig.bff.pin(undefined);
}

/** Fails with what was waited for, instead of waiting until the test is over. */
export async function inTime(promise: Promise<unknown>, what: string, milliseconds = 5_000): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`not within ${milliseconds} ms: ${what}`)),
    milliseconds,
  );
  await Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
}
