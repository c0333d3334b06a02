import { randomBytes } from 'node:crypto';
import { authorizationError } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

const random = () => randomBytes(32).toString('base64url');

/** The callback path with a query of the test's own. */
function callback(query: Record<string, string> | string | URLSearchParams): string {
  return `${rig.bff.paths.callback('main')}?${new URLSearchParams(query)}`;
}

/** A sign-in that was begun, and the members of the answer that the provider gave. */
async function begun(returnTo?: string) {
  const jar = rig.jar();
  const url = new URL(await rig.begin(jar, returnTo === undefined ? {} : { returnTo }));
  rig.as.clearRecords();
  return { jar, url, answer: url.searchParams };
}

/** The answer was refused before anything was sent, and nobody is signed in. */
async function expectRefused(jar: ReturnType<Rig['jar']>, path: string): Promise<string> {
  const refused = await jar.navigate(path, { site: 'cross-site' });
  expect(refused.status, path).toBe(400);
  expect(refused.location, path).toBeUndefined();
  expect(rig.as.hits('token'), path).toBe(0);
  expect(jar.cookie(rig.bff.cookies.ticket), path).toBeUndefined();
  expect(await rig.session(jar), path).toEqual({ authenticated: false, reason: 'none' });
  return refused.text();
}

requirement('BFF-CB-01', 'an answer with missing, empty or unknown state is refused unsent', async () => {
  for (const query of [{ code: 'x' }, { code: 'x', state: '' }, { code: 'x', state: random() }]) {
    const page = await expectRefused(rig.jar(), callback({ ...query, iss: rig.as.issuer }));
    expect(page).toContain(`href="${rig.bff.paths.login}`);
  }
  const asFetch = await rig.jar().fetch(callback({ code: 'x', state: random() }));
  expect(asFetch.status).toBe(400);
  expect(asFetch.headers.get('content-type')).toContain('application/problem+json');
});

advisory(51, 'BFF-CB-01', 'nor does it help that this browser has begun a sign-in', async () => {
  for (const change of [
    (answer: URLSearchParams) => answer.delete('state'),
    (answer: URLSearchParams) => answer.set('state', ''),
    (answer: URLSearchParams) => answer.set('state', random()),
    (answer: URLSearchParams) => answer.set('state', `${answer.get('state')}x`),
    (answer: URLSearchParams) => answer.set('state', (answer.get('state') ?? '').toUpperCase()),
  ]) {
    const { jar, answer } = await begun();
    change(answer);
    await expectRefused(jar, callback(answer));
  }
});

requirement('BFF-CB-02', 'the answer to one browser is worth nothing in another', async () => {
  const { url } = await begun();
  await expectRefused(rig.jar(), url.href);
  const other = await begun();
  await expectRefused(other.jar, url.href);
  // It is still good where it belongs.
  const signedIn = await begun();
  expect((await rig.finish(signedIn.jar, signedIn.url.href)).status).toBe(303);
});

requirement(
  'BFF-CB-02',
  'someone signed in who is lured to a foreign answer goes home and stays who they are',
  async () => {
    // 400 in the catalogue; the design sends whoever is signed in home instead. The attack fails all the same.
    const mallory = rig.jar();
    const lure = await rig.begin(mallory, { user: { sub: 'mallory' } });
    const jar = await rig.signedIn();
    const ticket = jar.cookie(rig.bff.cookies.ticket);
    rig.as.clearRecords();
    const answer = await rig.finish(jar, lure);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    expect(rig.as.hits('token')).toBe(0);
    expect(jar.cookie(rig.bff.cookies.ticket)).toBe(ticket);
    expect(await rig.session(jar)).toMatchObject({ user: { sub: 'alice-0001' } });
  },
);

requirement('BFF-CB-02', 'the code of one sign-in cannot be injected into another', async () => {
  const mallory = await begun();
  const { jar, answer } = await begun();
  answer.set('code', mallory.answer.get('code') ?? '');
  const refused = await jar.navigate(callback(answer), { site: 'cross-site' });
  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect(rig.as.hits('token')).toBe(1); // the provider compared the verifier
  expect(await rig.session(jar)).toMatchObject({ authenticated: false });
});

advisory(14, 'BFF-CB-02', 'no two sign-ins share a state, and a state belongs to its browser', async () => {
  const first = await begun();
  const second = await begun();
  expect(first.answer.get('state')).not.toBe(second.answer.get('state'));
  await expectRefused(second.jar, first.url.href);
  await expectRefused(first.jar, second.url.href);
});

requirement('BFF-CB-04', 'a wrong or missing iss is refused before the code goes anywhere', async () => {
  const { issuer } = rig.as;
  const wrong = [
    'https://evil.test',
    `${issuer}/`,
    `${issuer}/.`,
    issuer.toUpperCase(),
    issuer.replace('http:', 'https:'),
    issuer.replace('127.0.0.1', 'localhost'),
    ` ${issuer}`,
    `${issuer},${issuer}`,
    '',
  ];
  for (const iss of wrong) {
    const { jar, answer } = await begun();
    answer.set('iss', iss);
    await expectRefused(jar, callback(answer));
  }
  const { jar, answer } = await begun();
  answer.delete('iss');
  await expectRefused(jar, callback(answer));
});

requirement(
  'BFF-CB-04',
  'an error with a wrong iss is not taken for the provider\u2019s word either',
  async () => {
    const { jar, answer } = await begun();
    answer.delete('code');
    answer.set('error', 'access_denied');
    answer.set('iss', 'https://evil.test');
    expect(await expectRefused(jar, callback(answer))).toContain('issuer_mismatch');
  },
);

const providerErrors = {
  access_denied: 'access_denied',
  login_required: 'login_required',
  interaction_required: 'interaction_required',
  consent_required: 'interaction_required',
  server_error: 'provider_error',
  temporarily_unavailable: 'provider_busy',
  unknown_code: 'provider_error',
  // Names that every object of JavaScript has.
  constructor: 'provider_error',
  toString: 'provider_error',
  invalid_request: 'provider_error',
} as const;

for (const [error, code] of Object.entries(providerErrors)) {
  requirement('BFF-CB-06', `${error} ends the sign-in with the code ${code} and without a 5xx`, async () => {
    rig.as.change('authorizationResponse', 2, authorizationError(error));
    const page = await begun();
    const refused = await rig.finish(page.jar, page.url.href);
    expect(refused.status).toBeGreaterThanOrEqual(200);
    expect(refused.status).toBeLessThan(500);
    expect(refused.headers.get('content-type')).toContain('text/html');
    expect(await refused.text()).toContain(code);

    const jar = rig.jar();
    const url = await rig.begin(jar, { returnTo: '/app?x=1#y', more: { on_error: 'return' } });
    const returned = await rig.finish(jar, url);
    expect(returned.status).toBe(303);
    expect(returned.headers.get('location')).toBe(`/app?x=1&login_error=${code}#y`);
    expect(rig.as.hits('token')).toBe(0);
  });
}

requirement('BFF-CB-06', 'after an error the same state cannot be used again', async () => {
  const { jar, answer } = await begun();
  const copy = jar.clone();
  const code = answer.get('code') ?? '';
  const failed = new URLSearchParams(answer);
  failed.delete('code');
  failed.set('error', 'access_denied');
  await jar.navigate(callback(failed), { site: 'cross-site' });
  expect([...jar.cookies.keys()].filter((name) => name.startsWith(rig.bff.cookies.loginPrefix))).toEqual([]);
  answer.set('code', code);
  await expectRefused(jar, callback(answer));
  await expectRefused(copy, callback(answer));
});

const markup = '<img src=x onerror=alert(1)><script>alert(2)</script>';

advisory([40, 45], 'BFF-CB-07', 'nothing that the answer says is shown as markup or link', async () => {
  const errors: Record<string, string>[] = [
    { error: 'access_denied', error_description: markup, error_uri: 'javascript:alert(3)' },
    { error: markup, error_description: '"><svg onload=alert(4)>' },
    { error: 'unknown', error_uri: 'https://evil.test/"onclick="alert(5)', code_: markup },
    { error: 'access_denied\'"><b>', error_description: '</p><a href=javascript:alert(6)>' },
  ];
  for (const { error = '', ...more } of errors) {
    const { jar, answer } = await begun(`/app?q=${encodeURIComponent(markup)}`);
    answer.delete('code');
    for (const [name, value] of Object.entries({ error, ...more })) answer.set(name, value);
    const answerPage = await jar.navigate(callback(answer), { site: 'cross-site' });
    const page = await answerPage.text();
    expect(page).not.toMatch(/<img|<svg|<b>|onerror=a|onload=|alert\(\d|javascript:|evil\.test/i);
    const policy = answerPage.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe-inline[^;]*script|script-src[^;]*unsafe/);
  }
  for (const path of [
    callback({ state: markup, code: markup }),
    `${rig.bff.paths.login}?${new URLSearchParams({ return_to: `/${markup}`, provider: markup })}`,
    `${rig.bff.paths.login}?${new URLSearchParams({ provider: markup })}`,
    `${rig.bff.paths.login}?${new URLSearchParams({ max_age: markup })}`,
    `${rig.bff.paths.logoutCallback}?${new URLSearchParams({ state: markup })}`,
  ]) {
    const page = await (await rig.jar().navigate(path)).text();
    expect(page, path).not.toMatch(/<img|<script>|alert\(\d/i);
  }
});

/** Every way to repeat, leave out, or make an array of a parameter of a valid answer. */
function contradictory(answer: URLSearchParams): Record<string, string> {
  const query = answer.toString();
  const without = (name: string) => {
    const rest = new URLSearchParams(answer);
    rest.delete(name);
    return rest.toString();
  };
  const [code, state, iss] = ['code', 'state', 'iss'].map((name) =>
    encodeURIComponent(answer.get(name) ?? ''),
  );
  return {
    'code twice': `${query}&code=other`,
    'the same code twice': `${query}&code=${code}`,
    'state twice': `${query}&state=other`,
    'the same state twice': `${query}&state=${state}`,
    'iss twice': `${query}&iss=${iss}`,
    'code and error': `${query}&error=access_denied`,
    'error twice': `${without('code')}&error=access_denied&error=server_error`,
    'neither code nor error': without('code'),
    'code empty': `${without('code')}&code=`,
    'code in an array': `${without('code')}&code[]=${code}`,
    'state in an array': `${without('state')}&state[]=${state}`,
    'code as an object': `${without('code')}&code[a]=${code}`,
    'code under an encoded name': `${query}&%63ode=other`,
    'state behind a NUL': `${without('state')}&state%00=${state}`,
    'iss in an array': `${without('iss')}&iss[]=${iss}`,
    'a broken escape': `${query}&state=%E0%A4%A`,
    nothing: '',
  };
}

advisory(
  69,
  'BFF-CB-08',
  'repeated, missing, contradictory and array-valued parameters are refused',
  async () => {
    const names = Object.keys(contradictory(new URLSearchParams()));
    for (const name of names) {
      const { jar, answer } = await begun();
      const query = contradictory(answer)[name] ?? '';
      await expectRefused(jar, `${rig.bff.paths.callback('main')}?${query}`);
    }
    const { jar } = await begun();
    await expectRefused(jar, rig.bff.paths.callback('main'));
  },
);

requirement(
  'BFF-CB-09',
  'parameters that mean nothing to us are ignored, also when they are repeated',
  async () => {
    const { jar, url } = await begun();
    const extra =
      'session_state=a.b&scope=openid&authuser=0&hd=example.test&prompt=none&foo=1&foo=2&token_type=x';
    expect((await rig.finish(jar, `${url.href}&${extra}`)).status).toBe(303);
    expect(await rig.session(jar)).toMatchObject({ authenticated: true });
  },
);

requirement('BFF-CB-10', 'tokens that come through the browser are never taken', async () => {
  const donor = await rig.signedIn();
  expect(await rig.session(donor)).toMatchObject({ authenticated: true });
  const token = (kind: string) => rig.as.issued().find((one) => one.kind === kind)?.value ?? '';
  const tokens = { access_token: token('access_token'), id_token: token('id_token'), token_type: 'Bearer' };
  for (const given of [
    tokens,
    { access_token: tokens.access_token },
    { id_token: tokens.id_token },
    { response: tokens.id_token },
  ]) {
    const { jar, answer } = await begun();
    answer.delete('code');
    for (const [name, value] of Object.entries(given)) answer.set(name, value);
    await expectRefused(jar, callback(answer));
  }
  // Beside a code too: this is the hybrid flow, which nobody asked for.
  const { jar, answer } = await begun();
  answer.set('id_token', tokens.id_token);
  await expectRefused(jar, callback(answer));
});

requirement(
  'BFF-CB-11',
  'the answer to a callback is a redirect without body, code, state or script',
  async () => {
    for (const returnTo of ['/', '/orders?id=7#x']) {
      const { jar, url, answer } = await begun(returnTo);
      const finished = await rig.finish(jar, url.href);
      expect([302, 303]).toContain(finished.status);
      expect(finished.headers.get('location')).toBe(returnTo);
      const body = await finished.text();
      const all = `${body} ${finished.rawHeaders.join(' ')}`;
      for (const secret of ['code', 'state']) expect(all).not.toContain(answer.get(secret));
      expect(body).not.toMatch(/<script|javascript/i);
      expect(finished.headers.get('cache-control')).toBe('no-store');
      expect(finished.headers.get('referrer-policy')).toMatch(
        /^(no-referrer|same-origin|strict-origin|origin)/,
      );
    }
  },
);
