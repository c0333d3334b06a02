import type { Jar } from '@coatcheck/testing';
import { authorizationError } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import {
  decodeOnce,
  goodReturnTo,
  hostileReturnTo,
  rawHostileReturnTo,
  staysAt,
} from '../corpora/return-to.ts';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

/** Every hostile sign-in address: path and query. */
function hostileLogins(more = ''): string[] {
  return [
    ...hostileReturnTo(rig.bff.url).map((value) => `return_to=${encodeURIComponent(value)}`),
    ...rawHostileReturnTo.map((value) => `return_to=${value}`),
  ].map((query) => `${rig.bff.paths.login}?${query}${more}`);
}

/** Follows a sign-in to its end and returns where the browser is sent; undefined where it was refused at once. */
async function endOf(path: string): Promise<string | undefined> {
  const jar = rig.jar();
  const started = await jar.navigate(path, { site: 'same-origin' });
  if (started.location === undefined) {
    expect(started.status, path).toBe(400);
    return undefined;
  }
  expect(new URL(started.location).origin, path).toBe(new URL(rig.as.issuer).origin);
  const finished = await rig.finish(jar, await rig.as.authorize(started.location));
  expect(finished.status, path).toBe(303);
  return finished.headers.get('location') ?? '';
}

/** What came of addresses, some at a time. */
async function endsOf<T>(inputs: readonly T[], end: (input: T) => Promise<string | undefined>) {
  const ends: { input: T; location: string }[] = [];
  for (let at = 0; at < inputs.length; at += 8) {
    await Promise.all(
      inputs.slice(at, at + 8).map(async (input) => {
        const location = await end(input);
        if (location !== undefined) ends.push({ input, location });
      }),
    );
  }
  return ends;
}

/** Leads away, or back to our own routes: a sign-in that ends where it began goes on for ever. */
function isBad(location: string): boolean {
  return !staysAt(rig.bff.url, location) || /^\/bff(?:[/?#]|$)/.test(decodeOnce(location));
}

advisory(
  [27, 55, 62],
  'BFF-LOGIN-05',
  'no hostile return address leaves the origin or comes back to our own routes',
  async () => {
    const ends = await endsOf(hostileLogins(), endOf);
    expect(ends.filter(({ location }) => isBad(location))).toEqual([]);
  },
);

requirement('BFF-LOGIN-05', 'nor when the sign-in fails and the app wants to show it', async () => {
  rig.as.change('authorizationResponse', 'always', authorizationError('access_denied'));
  const ends = await endsOf(hostileLogins('&on_error=return'), endOf);
  expect(ends.filter(({ location }) => isBad(location))).toEqual([]);
  for (const { location } of ends) expect(location).toContain('login_error=access_denied');
});

for (const { value, location } of goodReturnTo) {
  requirement(
    'BFF-LOGIN-06',
    `the return address ${value} survives and never reaches the provider`,
    async () => {
      expect(await endOf(rig.bff.loginPath({ returnTo: value }))).toBe(location);
      const seen = rig.as.requests
        .map(({ target, text, rawHeaders }) => [target, text, ...rawHeaders].join(' '))
        .join(' ');
      const marks = [...value.matchAll(/[a-z]{5,}/g)]
        .map(([word]) => word)
        .filter((word) => word !== 'https');
      for (const mark of marks) expect(seen).not.toContain(mark);
    },
  );
}

requirement(
  'BFF-LOGIN-06',
  'the longest return address survives, also in letters that grow when encoded',
  async () => {
    const longest = [
      `/${'a'.repeat(1_023)}`,
      `/${'\u00e9'.repeat(511)}`,
      `/?q=${'\u6f22'.repeat(340)}`,
      `/${'"'.repeat(1_023)}`,
    ];
    const outcomes = await Promise.all(
      longest.map(async (returnTo) => {
        const jar = rig.jar();
        const started = await jar.navigate(rig.bff.loginPath({ returnTo }), { site: 'same-origin' });
        if (started.location === undefined) return started.status;
        for (const { name, value } of started.setCookies)
          expect(name.length + value.length).toBeLessThanOrEqual(4_096);
        const finished = await rig.finish(jar, await rig.as.authorize(started.location));
        return finished.headers.get('location') ===
          new URL(returnTo, rig.bff.url).href.slice(rig.bff.url.length)
          ? 303
          : 0;
      }),
    );
    expect(outcomes[0]).toBe(303);
    for (const outcome of outcomes) expect([303, 400]).toContain(outcome);
  },
);

interface SignOut {
  readonly status: number;
  /** As it stands in the header or body; null where the browser stays. */
  readonly to: string | null;
}

/** Every hostile sign-out: a JSON body by fetch, and a form with and without the provider. */
function hostileSignOuts(): ((jar: Jar) => Promise<SignOut>)[] {
  const { logout } = rig.bff.paths;
  const values = hostileReturnTo(rig.bff.url);
  const byFetch = (json: object) => async (jar: Jar) => {
    const answer = await jar.fetch(logout, { method: 'POST', json });
    const body: unknown = await answer.json();
    const to = typeof body === 'object' && body !== null && 'redirectTo' in body ? body.redirectTo : null;
    return { status: answer.status, to: typeof to === 'string' ? to : null };
  };
  const byForm = (body: string) => async (jar: Jar) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await jar.navigate(logout, { method: 'POST', site: 'same-origin', body, headers });
    return { status: answer.status, to: answer.headers.get('location') };
  };
  return [
    ...values.map((value) => byFetch({ return_to: value })),
    ...values.map((value) => byForm(`return_to=${encodeURIComponent(value)}`)),
    ...values.map((value) => byForm(`local=true&return_to=${encodeURIComponent(value)}`)),
    ...rawHostileReturnTo.map((value) => byForm(`return_to=${value}`)),
  ];
}

/** Where a browser ends that was sent to the provider to sign out there. */
async function backFromProvider(jar: Jar, endSessionUrl: string): Promise<string> {
  const query = new URLSearchParams({ state: new URL(endSessionUrl).searchParams.get('state') ?? '' });
  const back = await jar.navigate(`${rig.bff.paths.logoutCallback}?${query}`, { site: 'cross-site' });
  return back.headers.get('location') ?? '/';
}

advisory([28, 56], [], 'no hostile return address of a sign-out leaves the origin', async () => {
  const provider = new URL(rig.as.issuer).origin;
  const ends: string[] = [];
  let jar = await rig.signedIn();
  for (const signOut of hostileSignOuts()) {
    const { status, to } = await signOut(jar);
    if (status === 400) continue;
    expect([200, 303]).toContain(status);
    if (to !== null) ends.push(to.startsWith(`${provider}/`) ? await backFromProvider(jar, to) : to);
    jar = await rig.signedIn();
  }
  expect(ends.filter(isBad)).toEqual([]);
  expect(rig.as.requests.map(({ target, text }) => `${target} ${text}`).join(' ')).not.toContain('evil');
});

advisory(
  44,
  'BFF-LOGIN-05',
  'a path that looks like a host is no redirect for someone who is not signed in',
  async () => {
    for (const path of [
      '//evil.test/path',
      '//evil.test/%2e%2e',
      '/%2f%2fevil.test',
      '//evil.test/api/notes',
      '/\\evil.test',
    ]) {
      const answer = await rig.jar().navigate(path, { site: 'cross-site' });
      if (answer.location !== undefined) expect(new URL(answer.location).origin, path).toBe(rig.bff.url);
      expect(answer.status, path).toBeLessThan(500);
    }
  },
);

advisory(54, 'BFF-LOGIN-05', 'a return address that is no URL at all is answered at once', async () => {
  const raw = ['%', '/%', '/%zz', 'http://%zz/', '/['];
  const values = [
    'http://',
    'http://[',
    'http://[::1',
    'http://a b',
    '::',
    '/\u0000',
    'http:// ',
    '//',
    '///',
  ];
  for (const value of [...raw, ...values.map(encodeURIComponent)]) {
    const started = performance.now();
    const path = `${rig.bff.paths.login}?return_to=${value}`;
    const answer = await rig.jar().navigate(path, { site: 'same-origin' });
    expect([302, 303, 400], value).toContain(answer.status);
    expect(performance.now() - started, value).toBeLessThan(2_000);
  }
});
