import { randomUUID } from 'node:crypto';
import { rawRequest, type SetCookie } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(() => {
  rig.reset();
  rig.as.settings.idTokenClaims = {};
  rig.as.settings.accessTokenClaims = {};
});
afterAll(() => rig.close());

/** Every cookie that a whole life in one browser sets. */
async function everyCookie(): Promise<SetCookie[]> {
  const jar = rig.jar();
  const started = await jar.navigate(rig.bff.loginPath({ returnTo: '/x' }), { site: 'same-origin' });
  const finished = await rig.finish(jar, await rig.as.authorize(started.location ?? ''));
  const called = await rig.call(jar);
  const viewed = await jar.fetch(rig.bff.paths.session);
  const loggedOut = await jar.fetch(rig.bff.paths.logout, { method: 'POST', json: {} });
  return [started, finished, called, viewed, loggedOut].flatMap(({ setCookies }) => setCookies);
}

/** The attributes of a line, as written. */
function attributesOf({ line }: SetCookie): string[] {
  const [, ...attributes] = line.split(';').map((part) => part.trim());
  return attributes.map((attribute) => attribute.replace(/^(Max-Age|Expires)=.*$/, '$1')).sort();
}

advisory(73, 'BFF-COOK-01', 'the ticket has exactly the name and attributes that it must have', async () => {
  const cookies = await everyCookie();
  const ticket = cookies.find(({ name, maxAge }) => name === '__Host-Http-coatcheck' && maxAge !== 0);
  if (!ticket) throw new Error('no ticket');
  expect(rig.bff.cookies.ticket).toBe('__Host-Http-coatcheck');
  expect(attributesOf(ticket)).toEqual(['HttpOnly', 'Max-Age', 'Path=/', 'SameSite=Strict', 'Secure']);
});

requirement(
  'BFF-COOK-01',
  'every other cookie is Secure, HttpOnly, of Path=/ and without Domain too',
  async () => {
    const cookies = await everyCookie();
    expect(cookies.length).toBeGreaterThan(4);
    for (const { name, line, secure, httpOnly, path, domain, sameSite } of cookies) {
      expect(name, line).toMatch(/^__Host-/);
      expect({ secure, httpOnly, path, domain }, line).toEqual({
        secure: true,
        httpOnly: true,
        path: '/',
        domain: undefined,
      });
      expect(['strict', 'lax'], line).toContain(sameSite);
    }
  },
);

requirement(
  'BFF-COOK-02',
  'the ticket is Strict: a link from another site reaches the API without it',
  async () => {
    const jar = await rig.signedIn();
    const finished = jar.cookies.get(rig.bff.cookies.ticket);
    expect(finished?.sameSite).toBe('strict');
    const link = await jar.navigate('/api/notes', { site: 'cross-site' });
    expect([401, 403]).toContain(link.status);
    // Nor would the cookie help a browser that sent it all the same.
    const forced = await jar.navigate('/api/notes', {
      site: 'cross-site',
      headers: { cookie: `${rig.bff.cookies.ticket}=${jar.cookie(rig.bff.cookies.ticket)}` },
    });
    expect([401, 403]).toContain(forced.status);
    expect(rig.upstream.hits()).toBe(0);
  },
);

requirement('BFF-COOK-03', 'the sign-in completes although the way back is cross-site', async () => {
  const jar = rig.jar();
  const started = await jar.navigate(rig.bff.loginPath({ returnTo: '/app' }), { site: 'none' });
  const transaction = started.setCookies.find(({ name }) => name.startsWith(rig.bff.cookies.loginPrefix));
  expect(transaction?.sameSite).toBe('lax');
  const finished = await rig.finish(jar, await rig.as.authorize(started.location ?? ''));
  expect(finished.headers.get('location')).toBe('/app');
  // The document that follows is still part of the cross-site navigation; the first fetch of its page is not.
  await jar.navigate('/app', { site: 'cross-site' });
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
});

requirement(
  'BFF-COOK-04',
  'tokens of 12 KB and 200 groups fit, in cookies of at most 4,096 bytes',
  async () => {
    const groups = Array.from({ length: 200 }, () => randomUUID());
    rig.as.settings.accessTokenClaims = { filler: 'x'.repeat(9_000), groups };
    rig.as.settings.idTokenClaims = { groups, roles: groups };
    const jar = rig.jar();
    const answer = await rig.signIn(jar);
    const token = rig.as.issued().findLast(({ kind }) => kind === 'access_token')?.value ?? '';
    expect(token.length).toBeGreaterThan(12_000);
    for (const { name, value } of answer.setCookies)
      expect(name.length + value.length, name).toBeLessThanOrEqual(4_096);
    expect((await rig.call(jar)).status).toBe(200);
    expect(rig.upstream.requests.at(-1)?.headers.authorization).toBe(`Bearer ${token}`);
    // The ticket is never cut into chunks, so there are none to drop, reorder or mix.
    expect([...jar.cookies.keys()].filter((name) => /\.\d|_\d|chunk/.test(name))).toEqual([]);
  },
);

requirement('BFF-COOK-04', 'cookies that look like chunks of a ticket are none', async () => {
  const victim = await rig.signedIn();
  const ticket = victim.cookie(rig.bff.cookies.ticket) ?? '';
  const middle = Math.floor(ticket.length / 2);
  for (const separator of ['.', '_', '-', '']) {
    const jar = rig.jar();
    jar.setCookie(`${rig.bff.cookies.ticket}${separator}0`, ticket.slice(0, middle));
    jar.setCookie(`${rig.bff.cookies.ticket}${separator}1`, ticket.slice(middle));
    expect(await rig.session(jar)).toMatchObject({ authenticated: false });
  }
});

requirement('BFF-COOK-05', 'no cookie holds anything that can be read without the key', async () => {
  const cookies = await everyCookie();
  const secrets = rig.as.canaries().flatMap(({ value, marker }) => [value, ...(marker ? [marker] : [])]);
  for (const { name, value } of cookies) {
    const plain = decodeURIComponent(value);
    const parts = plain
      .split(/[^A-Za-z0-9+/_=-]/)
      .flatMap((part) => [part, Buffer.from(part, 'base64').toString('latin1')]);
    const text = [name, plain, ...parts].join('\n');
    // Long enough that no ciphertext reads so by chance.
    expect(text, name).not.toMatch(/eyJ[\w-]+\.|canary|alice|"[a-z]+":/i);
    for (const secret of secrets) expect(text.includes(secret), name).toBe(false);
  }
});

requirement(
  'BFF-COOK-06',
  'two tickets of one name select no session, in whatever order they come',
  async () => {
    const [victim, attacker] = [
      await rig.signedIn({ user: { sub: 'victim' } }),
      await rig.signedIn({ user: { sub: 'mallory' } }),
    ];
    const name = rig.bff.cookies.ticket;
    const [own = '', foreign = ''] = [victim, attacker].map((jar) => jar.cookie(name));
    const garbage = 'x';
    for (const [first, second] of [
      [own, foreign],
      [foreign, own],
      [own, garbage],
      [garbage, own],
      [own, own],
      [own, ''],
      ['', own],
    ]) {
      for (const cookie of [
        `${name}=${first}; ${name}=${second}`,
        `a=b; ${name}=${first}; c=d;${name}=${second}`,
      ]) {
        const view: unknown = await (
          await rig.jar().fetch(rig.bff.paths.session, { headers: { cookie } })
        ).json();
        const again: unknown = await (
          await rig.jar().fetch(rig.bff.paths.session, { headers: { cookie } })
        ).json();
        expect(view).toEqual(again);
        expect(JSON.stringify(view)).not.toContain('mallory');
        const call = await rig.jar().fetch('/api/notes', { headers: { cookie } });
        expect([200, 401]).toContain(call.status);
        expect(call.status === 200).toBe(JSON.stringify(view).includes('victim'));
      }
    }
  },
);

requirement('BFF-COOK-06', 'nor in two Cookie header lines', async () => {
  const [victim, attacker] = [await rig.signedIn(), await rig.signedIn({ user: { sub: 'mallory' } })];
  const name = rig.bff.cookies.ticket;
  const [port = 0] = rig.bff.ports;
  for (const order of [
    [victim, attacker],
    [attacker, victim],
  ]) {
    const answer = await rawRequest({
      port,
      lines: [
        `GET ${rig.bff.paths.session} HTTP/1.1`,
        `Host: ${new URL(rig.bff.url).host}`,
        'Sec-Fetch-Site: same-origin',
        ...order.map((jar) => `Cookie: ${name}=${jar.cookie(name)}`),
      ],
    });
    expect([200, 400]).toContain(answer.status);
    expect(answer.body.toString()).not.toContain('"authenticated":true');
  }
});

requirement(
  'BFF-COOK-06',
  'a second transaction cookie of one name spoils that sign-in and no other',
  async () => {
    const jar = rig.jar();
    const url = await rig.begin(jar);
    const pairs = [...jar.cookies.values()].map(({ name, value }) => `${name}=${value}`);
    const cookie = [...pairs, ...pairs.map((pair) => `${pair}x`)].join('; ');
    const refused = await rig.jar().navigate(url, { site: 'cross-site', headers: { cookie } });
    expect(refused.status).toBe(400);
    expect(rig.as.hits('token')).toBe(0);
    expect((await rig.finish(jar, url)).status).toBe(303);
  },
);

requirement('BFF-COOK-07', 'whatever deletes a cookie of ours has the attributes that made it', async () => {
  const byName = Map.groupBy(await everyCookie(), ({ name }) => name);
  const deleted = [...byName].filter(([, lines]) => lines.some(({ maxAge }) => maxAge === 0));
  expect(deleted.length).toBeGreaterThanOrEqual(3);
  for (const [name, lines] of deleted) {
    const forms = lines.map(({ secure, httpOnly, sameSite, path, domain, partitioned }) =>
      JSON.stringify({ secure, httpOnly, sameSite, path, domain: domain ?? null, partitioned }),
    );
    expect(lines.length, name).toBeGreaterThan(1);
    expect(new Set(forms).size, name).toBe(1);
  }
});
