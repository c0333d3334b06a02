import { authorizationError, forge, type Jar, withMembers } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
afterEach(() => rig.reset());
afterAll(() => rig.close());

async function expectNobody(jar: Jar): Promise<void> {
  expect(jar.cookie(rig.bff.cookies.ticket)).toBeUndefined();
  expect(await rig.session(jar)).toEqual({ authenticated: false, reason: 'none' });
}

describe('an answer by form post', () => {
  beforeAll(async () => {
    rig = await startRig({ provider: { config: { responseMode: 'form_post' } } });
    return () => rig.close();
  });

  /** A sign-in that was begun, and the form that the provider has the browser post. */
  async function begun(jar: Jar) {
    const started = await jar.navigate(rig.bff.loginPath({ returnTo: '/orders?id=7' }), {
      site: 'same-origin',
    });
    const answer = await rig.as.open(started.location ?? '');
    if (answer.kind !== 'form') throw new Error(`no form but a ${answer.kind}`);
    rig.as.clearRecords();
    return answer;
  }

  const post = (jar: Jar, action: string, form: URLSearchParams) =>
    jar.navigate(action, { method: 'POST', site: 'cross-site', body: form });

  requirement('BFF-CB-12', 'it signs in across sites, with a cookie that travels there', async () => {
    const jar = rig.jar();
    const { action, form } = await begun(jar);
    const [pending] = [...jar.cookies.values()].filter(({ name }) =>
      name.startsWith(rig.bff.cookies.loginPrefix),
    );
    expect(pending).toMatchObject({ sameSite: 'none', secure: true, httpOnly: true });
    const answer = await post(jar, action, form);
    expect(answer.status).toBe(303);
    expect(answer.location).toBe(`${rig.bff.url}/orders?id=7`);
    expect(await rig.session(jar)).toMatchObject({ authenticated: true });
    expect((await rig.call(jar)).status).toBe(200);
    expect([...jar.cookies.keys()].filter((name) => name.startsWith(rig.bff.cookies.loginPrefix))).toEqual(
      [],
    );
    // Once only.
    expect((await post(rig.jar(), action, form)).status).toBe(400);
  });

  requirement(
    'BFF-CB-12',
    'the session that was here before ends, though its cookie did not come along',
    async () => {
      const jar = rig.jar();
      const first = await begun(jar);
      await post(jar, first.action, first.form);
      const old = jar.clone();
      const second = await begun(jar);
      expect((await post(jar, second.action, second.form)).status).toBe(303);
      expect((await rig.call(jar)).status).toBe(200);
      expect((await rig.call(old)).status).toBe(401);
      expect(await rig.session(old)).toEqual({ authenticated: false, reason: 'replaced' });
    },
  );

  requirement('BFF-CB-12', 'an error that is posted ends on a page that names it', async () => {
    const jar = rig.jar();
    rig.as.change('authorizationResponse', 'once', authorizationError('access_denied'));
    const { action, form } = await begun(jar);
    const answer = await post(jar, action, form);
    expect(answer.headers.get('coatcheck-problem')).toBe('access_denied');
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(rig.as.hits('token')).toBe(0);
    await expectNobody(jar);
  });

  requirement(
    'BFF-CB-12',
    'the same answer in a URL is refused unsent, and the post still works',
    async () => {
      const jar = rig.jar();
      const { action, form } = await begun(jar);
      const byUrl = await jar.navigate(`${action}?${form}`, { site: 'cross-site' });
      expect(byUrl.status).toBe(400);
      expect(byUrl.headers.get('coatcheck-problem')).toBe('invalid_callback');
      expect(rig.as.hits('token')).toBe(0);
      await expectNobody(jar);
      expect((await post(jar, action, form)).status).toBe(303);
    },
  );

  requirement(
    ['BFF-CB-08', 'BFF-CB-12'],
    'repeated, foreign or unreadable forms are refused unsent',
    async () => {
      const jar = rig.jar();
      const { action, form } = await begun(jar);
      const twice = new URLSearchParams(form);
      twice.append('code', 'other');
      const unknown = new URLSearchParams(form);
      unknown.set('state', 'unknown');
      const withToken = new URLSearchParams(form);
      withToken.set('id_token', 'a.b.c');
      for (const bad of [twice, unknown, withToken, new URLSearchParams()]) {
        expect((await post(jar, action, bad)).status).toBe(400);
      }
      const asJson = await jar.navigate(action, {
        method: 'POST',
        site: 'cross-site',
        json: Object.fromEntries(form),
      });
      expect(asJson.status).toBe(400);
      expect(rig.as.hits('token')).toBe(0);
      await expectNobody(jar);
    },
  );

  requirement('BFF-CB-02', 'a form posted from another browser is worth nothing', async () => {
    const { action, form } = await begun(rig.jar());
    const victim = rig.jar();
    expect((await post(victim, action, form)).status).toBe(400);
    expect(rig.as.hits('token')).toBe(0);
    await expectNobody(victim);
  });
});

describe('a signed answer (JARM)', () => {
  beforeAll(async () => {
    rig = await startRig({ provider: { config: { responseMode: 'jwt' } } });
    return () => rig.close();
  });

  requirement('BFF-CB-04', 'it is asked for, checked, and signs in', async () => {
    const jar = rig.jar();
    const callback = new URL(await rig.begin(jar));
    expect(rig.as.requestsOf('authorize').at(-1)?.authorization?.get('response_mode')).toBe('jwt');
    expect([...callback.searchParams.keys()]).toEqual(['response']);
    expect((await rig.finish(jar, callback.href)).status).toBe(303);
    expect((await rig.call(jar)).status).toBe(200);
  });

  requirement('BFF-CB-06', 'an error inside it reaches the person by its code', async () => {
    const jar = rig.jar();
    rig.as.change('authorizationResponse', 'once', authorizationError('access_denied'));
    const answer = await rig.finish(jar, await rig.begin(jar));
    expect(answer.headers.get('coatcheck-problem')).toBe('access_denied');
    await expectNobody(jar);
  });

  const past = Math.floor(Date.now() / 1_000) - 3_600;
  requirement(
    'BFF-CB-04',
    'one that is forged, of somebody else, for somebody else or old is refused unsent',
    async () => {
      const forgeries = {
        'a foreign key': forge.foreignKey(),
        'no signature': forge.algNone(),
        'another issuer': forge.claims({ iss: 'https://evil.example' }),
        'no issuer': forge.claims({ iss: undefined }),
        'another client': forge.claims({ aud: 'other' }),
        'no audience': forge.claims({ aud: undefined }),
        'long over': forge.claims({ exp: past }),
        'no end': forge.claims({ exp: undefined }),
      };
      for (const [what, change] of Object.entries(forgeries)) {
        const jar = rig.jar();
        rig.as.change('signedResponse', 'once', change);
        const callback = await rig.begin(jar);
        rig.as.clearRecords();
        const answer = await rig.finish(jar, callback);
        expect([400, 502], what).toContain(answer.status);
        expect(rig.as.hits('token'), what).toBe(0);
        await expectNobody(jar);
      }
    },
  );

  requirement(
    ['BFF-CB-01', 'BFF-CB-10'],
    'an unsigned answer, alone or beside it, is refused unsent',
    async () => {
      const jar = rig.jar();
      const callback = new URL(await rig.begin(jar));
      const claims = JSON.parse(
        Buffer.from(callback.searchParams.get('response')?.split('.')[1] ?? '', 'base64url').toString(),
      );
      rig.as.clearRecords();
      const plain = new URLSearchParams({ code: claims.code, state: claims.state, iss: rig.as.issuer });
      const both = new URLSearchParams([...callback.searchParams, ...plain]);
      for (const query of [plain, both]) {
        expect((await rig.finish(jar, `${callback.pathname}?${query}`)).status).toBe(400);
      }
      for (const response of ['', 'x', 'a.b.c', `${'a.'.repeat(4)}b`, 'a.bnVsbA.c']) {
        expect((await rig.finish(jar, `${callback.pathname}?response=${response}`)).status).toBe(400);
      }
      expect(rig.as.hits('token')).toBe(0);
      await expectNobody(jar);
      expect((await rig.finish(jar, callback.href)).status).toBe(303);
    },
  );

  requirement('BFF-CB-02', 'the state of another sign-in inside it is refused', async () => {
    const other = rig.jar();
    const foreign = new URL(await rig.begin(other)).searchParams.get('response') ?? '';
    const jar = rig.jar();
    const callback = new URL(await rig.begin(jar));
    rig.as.clearRecords();
    expect((await rig.finish(jar, `${callback.pathname}?response=${foreign}`)).status).toBe(400);
    expect(rig.as.hits('token')).toBe(0);
    await expectNobody(jar);
  });
});

describe('where neither is configured', () => {
  beforeAll(async () => {
    rig = await startRig();
    return () => rig.close();
  });

  requirement('BFF-BAD-04', 'nothing may be posted to the callback', async () => {
    const jar = rig.jar();
    const callback = new URL(await rig.begin(jar));
    const answer = await jar.navigate(callback.pathname, {
      method: 'POST',
      site: 'cross-site',
      body: callback.searchParams,
    });
    expect(answer.status).toBe(405);
    await expectNobody(jar);
  });

  requirement('BFF-CB-09', 'a provider that offers more modes is asked for none', async () => {
    rig.as.change('metadata', 'always', withMembers({ response_modes_supported: ['form_post', 'jwt'] }));
    const jar = rig.jar();
    await rig.signIn(jar);
    expect(rig.as.requestsOf('authorize').at(-1)?.authorization?.has('response_mode')).toBe(false);
  });
});
