import type { Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { newestRefreshToken, revoked } from '../endings/logout-token.ts';
import { expectEnded, expectSignedIn } from '../endings/standing.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Two instances, two providers. */
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    instances: 2,
    as: { signingAlgorithm: 'ES256' },
    second: { signingAlgorithm: 'ES256' },
    idleTimeout: 1_800,
  });
});
afterEach(() => {
  rig.bff.pin(undefined);
  rig.reset();
});
afterAll(() => rig.close());

interface Listed {
  readonly id: string;
  readonly device: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly current: boolean;
}

async function list(jar: Jar): Promise<Listed[]> {
  const answer = await jar.fetch(rig.bff.paths.sessions);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const body: unknown = await answer.json();
  return Array.isArray(body) ? body : [];
}

async function ownId(jar: Jar): Promise<string> {
  return (await list(jar)).find(({ current }) => current)?.id ?? '';
}

const end = (jar: Jar, id: string) => jar.fetch(`${rig.bff.paths.sessions}/${id}`, { method: 'DELETE' });
const endOthers = (jar: Jar) => jar.fetch(`${rig.bff.paths.sessions}?others=1`, { method: 'DELETE' });
const as = (sub: string, provider = 'first') => rig.signedIn({ user: { sub }, provider });

requirement(
  ['BFF-SESS-10', 'BFF-SESS-11'],
  'a person sees their own sessions, and nobody else’s',
  async () => {
    const [one, two, other, namesake] = [
      await as('lister'),
      await as('lister'),
      await as('lister2'),
      await as('lister', 'other'),
    ];
    for (const instance of [0, 1]) {
      rig.bff.pin(instance);
      const listed = await list(one);
      expect(listed).toHaveLength(2);
      expect(listed.filter(({ current }) => current)).toHaveLength(1);
      expect(listed.map(({ id }) => id)).toContain(await ownId(two));
      for (const stranger of [other, namesake]) {
        expect(listed.map(({ id }) => id)).not.toContain(await ownId(stranger));
        expect(await list(stranger)).toHaveLength(1);
      }
    }
  },
);

requirement(
  'BFF-SESS-02',
  'the ids that it names open nothing, and are in no cookie and no store key',
  async () => {
    const jar = await as('named');
    const [listed] = await list(jar);
    expect(Object.keys(listed ?? {}).sort()).toEqual(['createdAt', 'current', 'device', 'id', 'lastSeenAt']);
    expect(listed?.id).toMatch(/^[\w-]{16,}$/);
    for (const { value } of jar.cookies.values()) expect(value).not.toContain(listed?.id);
    const thief = rig.jar();
    thief.setCookie(rig.bff.cookies.ticket, listed?.id ?? '');
    expect((await rig.call(thief)).status).toBe(401);
  },
);

requirement(
  'BFF-SESS-11',
  'a session that a person ends is over at every instance, and says why',
  async () => {
    const [here, lost] = [await as('ender'), await as('ender')];
    const lostRefreshToken = newestRefreshToken(rig.as);
    await expectSignedIn(rig, here, lost);
    expect((await end(here, await ownId(lost))).status).toBe(204);
    await expectEnded(rig, lost, 'revoked');
    await expectSignedIn(rig, here);
    expect(await list(here)).toHaveLength(1);
    // It was open here, so its refresh token is not left behind.
    await expect.poll(() => revoked(rig.as)).toContain(lostRefreshToken);
    expect((await end(here, await ownId(here))).status).toBe(204);
    expect(here.cookie(rig.bff.cookies.ticket)).toBeUndefined();
    expect(await rig.session(here)).toMatchObject({ authenticated: false });
  },
);

requirement(
  'BFF-SESS-11',
  'another person’s session cannot be ended: known, guessed or spelled otherwise',
  async () => {
    const [mallory, alice] = [await as('mallory'), await as('alice')];
    const [namesake, id] = [await as('mallory', 'other'), await ownId(alice)];
    await expectSignedIn(rig, alice);
    const shapes = [
      id,
      await ownId(namesake),
      id.toLowerCase(),
      id.slice(0, -1),
      `${id}x`,
      `${id}%00`,
      `%2e%2e%2fsessions%2f${id}`,
      `x?others=1`,
      '*',
      '%25',
      '0',
      'A'.repeat(43),
      'A'.repeat(5_000),
    ];
    for (const shape of shapes) {
      const answer = await end(mallory, shape);
      expect(answer.status, shape.slice(0, 60)).toBe(404);
      expect(answer.headers.get('coatcheck-problem')).toBe('not_found');
    }
    for (const shape of ['%zz', `../sessions/${id}`, `./${id}`]) {
      const { status } = await end(mallory, shape);
      expect([400, 404], `${shape}: ${status}`).toContain(status);
    }
    const answer = await endOthers(mallory);
    expect(await answer.json()).toEqual({ ended: 0 });
    await expectSignedIn(rig, alice, mallory);
    expect(await rig.session(namesake)).toMatchObject({ authenticated: true });
  },
);

requirement('BFF-SESS-11', 'all others are ended at once, wherever they were used', async () => {
  const [here, two, three, stranger] = [
    await as('leaver'),
    await as('leaver'),
    await as('leaver'),
    await as('leaver3'),
  ];
  await expectSignedIn(rig, here, two, three, stranger);
  rig.bff.pin(1);
  const answer = await endOthers(here);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ ended: 2 });
  const endedAt = performance.now();
  for (const jar of [two, three]) await expectEnded(rig, jar, 'revoked', endedAt);
  await expectSignedIn(rig, here, stranger);
});

requirement('BFF-CSRF-01', 'neither list nor ending works from elsewhere, or without a session', async () => {
  const jar = await as('guarded');
  const id = await ownId(jar);
  const { sessions } = rig.bff.paths;
  for (const site of ['cross-site', 'same-site', 'none'] as const) {
    expect((await jar.fetch(sessions, { site })).status).toBe(403);
    expect((await jar.fetch(`${sessions}/${id}`, { site, method: 'DELETE' })).status).toBe(403);
    expect((await jar.fetch(`${sessions}?others=1`, { site, method: 'DELETE' })).status).toBe(403);
  }
  for (const method of ['GET', 'POST', 'PUT', 'PATCH'])
    expect((await jar.fetch(`${sessions}/${id}`, { method })).status, method).toBe(405);
  for (const query of ['', '?others=0', '?others=true', '?others=1&others=1', '?OTHERS=1'])
    expect((await jar.fetch(`${sessions}${query}`, { method: 'DELETE' })).status, query).toBe(400);
  const nobody = rig.jar();
  expect((await nobody.fetch(sessions)).status).toBe(401);
  expect((await end(nobody, id)).status).toBe(401);
  expect((await endOthers(nobody)).status).toBe(401);
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
});

requirement(
  ['BFF-SESS-03', 'BFF-SESS-11'],
  'sessions that are over are not listed, and looking is no use',
  async () => {
    const [here, idle] = [await as('looker'), await as('looker')];
    await end(here, await ownId(idle));
    const second = await as('looker');
    for (let minutes = 0; minutes < 30; minutes += 10) {
      expect((await rig.call(second)).status).toBe(200);
      expect(await list(here)).toHaveLength(2);
      await rig.advance(600);
    }
    await rig.advance(1);
    expect((await rig.call(second)).status).toBe(200);
    expect(await list(second)).toHaveLength(1);
    expect((await here.fetch(rig.bff.paths.sessions)).status).toBe(401);
  },
);
