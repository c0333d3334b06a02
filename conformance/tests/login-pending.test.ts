import type { Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

function cookieHeaderLength(jar: Jar): number {
  return [...jar.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ').length;
}

for (const [kind, returnTo] of [
  ['short', '/x'],
  ['long', `/${'x'.repeat(1_000)}`],
] as const) {
  requirement(
    'BFF-LOGIN-09',
    `of 50 sign-ins begun in one browser with ${kind} return addresses few are kept`,
    async () => {
      const jar = rig.jar();
      const callbacks: string[] = [];
      for (let count = 0; count < 50; count += 1) {
        callbacks.push(await rig.begin(jar, { returnTo }));
        expect(cookieHeaderLength(jar)).toBeLessThan(8_192);
        await rig.advance(3); // five in ten seconds would be a loop
      }
      rig.as.clearRecords();
      const oldest = await rig.finish(jar, callbacks[0] ?? '');
      expect(oldest.status).toBe(400);
      expect(await oldest.text()).toContain(`href="${rig.bff.paths.login}`);
      expect(rig.as.hits('token')).toBe(0);
      const newest = await rig.finish(jar, callbacks.at(-1) ?? '');
      expect(newest.headers.get('location')).toBe(returnTo);
      expect(await rig.session(jar)).toMatchObject({ authenticated: true });
    },
  );
}

requirement('BFF-LOGIN-09', 'junk under the names of our cookies is no hindrance', async () => {
  const { loginPrefix } = rig.bff.cookies;
  const junk = ['x', 'a b', 'a,b', 'a@b', '"', 'a(b)', 'a/b', 'a{b}', 'a[b', '\u00e9', ''];
  const cookie = junk.map((name) => `${loginPrefix}${name}=junk`).join('; ');
  const started = await rig.jar().navigate(rig.bff.loginPath(), {
    site: 'same-origin',
    headers: { cookie: Buffer.from(cookie).toString('latin1') },
  });
  expect(started.status).toBe(302);
});

requirement('BFF-LOGIN-09', 'a browser with many cookies of others can still sign in', async () => {
  const jar = rig.jar();
  for (let index = 0; index < 6; index += 1) jar.setCookie(`other-${index}`, 'x'.repeat(2_080));
  for (let count = 0; count < 3; count += 1) {
    await rig.begin(jar);
    expect(cookieHeaderLength(jar)).toBeLessThan(15_000);
    await rig.advance(3);
  }
  await rig.signIn(jar);
});

requirement('BFF-LOGIN-09', 'a sign-in that was begun too long ago is over', async () => {
  const jar = rig.jar();
  const callback = await rig.begin(jar);
  const kept = [...jar.cookies.values()];
  await rig.advance(601);
  expect([...jar.cookies.keys()].filter((name) => name.startsWith(rig.bff.cookies.loginPrefix))).toEqual([]);
  for (const { name, value } of kept) jar.setCookie(name, value);
  const late = await rig.finish(jar, callback);
  expect(late.status).toBe(400);
  expect(rig.as.hits('token')).toBe(0);
});

requirement(
  'BFF-LOGIN-09',
  'a browser sent round in a circle is stopped, others and later sign-ins are not',
  async () => {
    const jar = rig.jar();
    for (let count = 0; count < 5; count += 1) await rig.begin(jar);
    const stopped = await jar.navigate(rig.bff.loginPath(), { site: 'cross-site' });
    expect(stopped.status).toBe(429);
    expect(stopped.location).toBeUndefined();
    expect(Number(stopped.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(stopped.headers.get('content-type')).toContain('text/html');
    await rig.signedIn();
    await rig.advance(11);
    await rig.signIn(jar);
  },
);
