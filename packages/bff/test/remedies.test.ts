import type { ProblemDetails, SessionView } from '@coatcheck/protocol';
import type { Jar, JarResponse } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Rig, startRig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({}, { resource: 'urn:api' }, [{ prefix: '/reports', scopes: ['reports:read'] }], {
    consents: { reports: ['reports:read'], writing: ['notes:write', 'notes:share'] },
  });
});
afterEach(() => {
  rig.as.reset();
  rig.as.clearRecords();
  rig.upstream.reset();
  delete rig.as.settings.grantedScopes;
  delete rig.as.settings.authTime;
});
afterAll(() => rig.close());

async function signedIn(): Promise<Jar> {
  const jar = rig.browser();
  await rig.signIn(jar);
  return jar;
}

async function viewOf(jar: Jar): Promise<SessionView> {
  return (await (await jar.fetch('/bff/session')).json()) as SessionView;
}

/** What the page does with a problem: it follows its address, and comes back. */
async function follow(jar: Jar, loginUrl: string): Promise<{ asked: URL; answer: JarResponse }> {
  const start = await jar.navigate(`${loginUrl}&return_to=/notes`, { site: 'same-origin' });
  const location = start.headers.get('location') ?? '';
  const answer = await jar.navigate(await rig.as.authorize(location), { site: 'cross-site' });
  return { asked: new URL(location), answer };
}

/** The API refuses so until somebody takes it back. */
function refuse(status: number, challenge: string): void {
  rig.upstream.on('*', 'always', () => ({ status, headers: { 'www-authenticate': challenge }, body: '{}' }));
}

async function problemOf(jar: Jar, path: string): Promise<ProblemDetails> {
  return (await (await jar.fetch(path)).json()) as ProblemDetails;
}

describe('an API that wants a stronger sign-in', () => {
  it('BFF-ADV-09: becomes a problem that says which, and after that sign-in the same call passes', async () => {
    const jar = await signedIn();
    refuse(
      401,
      'Bearer realm="api", error="insufficient_user_authentication", acr_values="urn:mfa urn:key", max_age="60"',
    );
    const refused = await jar.fetch('/api/x');
    expect(refused.status).toBe(401);
    expect(refused.headers.get('coatcheck-problem')).toBe('step_up_required');
    expect(refused.headers.get('location')).toBeNull();
    const problem = (await refused.json()) as ProblemDetails;
    expect(problem).toMatchObject({
      code: 'step_up_required',
      acr_values: 'urn:mfa urn:key',
      max_age: 60,
      loginUrl: '/bff/login?provider=demo&acr_values=urn%3Amfa+urn%3Akey&max_age=60',
    });
    expect((await viewOf(jar)).authenticated).toBe(true);
    const { asked, answer } = await follow(jar, problem.loginUrl ?? '');
    expect(asked.searchParams.get('acr_values')).toBe('urn:mfa urn:key');
    expect(asked.searchParams.get('max_age')).toBe('60');
    expect(answer.headers.get('location')).toBe('/notes');
    rig.upstream.reset();
    expect((await jar.fetch('/api/x')).status).toBe(200);
  });

  it('BFF-ADV-09: is told once more that it failed, not sent round, where it asks for what there is', async () => {
    const jar = await signedIn();
    refuse(401, 'Bearer error="insufficient_user_authentication", acr_values="urn:mfa"');
    const problem = await problemOf(jar, '/api/x');
    await follow(jar, problem.loginUrl ?? '');
    const again = await jar.fetch('/api/x');
    expect(again.status).toBe(403);
    expect(again.headers.get('coatcheck-problem')).toBe('step_up_failed');
  });

  it('reads the challenge among others, and takes nothing malformed over', async () => {
    const jar = await signedIn();
    refuse(
      401,
      'Bearer realm="api", DPoP realm="api", error="insufficient_user_authentication", max_age="5", algs="ES256"',
    );
    expect(await problemOf(jar, '/api/x')).toMatchObject({ max_age: 5 });
    rig.upstream.reset();
    refuse(401, 'Bearer error="insufficient_user_authentication", max_age="soon", acr_values="\u00e4"');
    expect(await problemOf(jar, '/api/x')).toMatchObject({ code: 'step_up_required', max_age: 0 });
  });
});

describe('incremental consent', () => {
  it('asks for what there is and the set, keeps the session, and then the same call passes', async () => {
    const jar = await signedIn();
    const refused = await jar.fetch('/reports/x');
    expect(refused.status).toBe(403);
    const problem = (await refused.json()) as ProblemDetails;
    expect(problem).toMatchObject({
      code: 'insufficient_scope',
      provider: 'demo',
      scope: 'reports:read',
      consent: 'reports',
      loginUrl: '/bff/login?provider=demo&consent=reports',
    });
    const before = jar.clone();
    const { asked } = await follow(jar, problem.loginUrl ?? '');
    expect(asked.searchParams.get('scope')).toBe('openid profile email offline_access reports:read');
    expect((await jar.fetch('/reports/x')).status).toBe(200);
    expect(await viewOf(before)).toEqual({ authenticated: false, reason: 'replaced' });
    // What was granted once is asked for again, or the next step-up would lose it.
    const { asked: next } = await follow(jar, '/bff/login?acr_values=urn:mfa');
    expect(next.searchParams.get('scope')).toContain('reports:read');
    expect((await jar.fetch('/reports/x')).status).toBe(200);
  });

  it('names the set for what an API refuses, and relays what no set has', async () => {
    const jar = await signedIn();
    refuse(403, 'Bearer error="insufficient_scope", scope="notes:write profile"');
    expect(await problemOf(jar, '/api/x')).toMatchObject({ scope: 'notes:write', consent: 'writing' });
    rig.upstream.reset();
    refuse(403, 'Bearer error="insufficient_scope", scope="admin"');
    const relayed = await jar.fetch('/api/x');
    expect(relayed.status).toBe(403);
    expect(relayed.headers.get('coatcheck-problem')).toBeNull();
    expect(relayed.headers.get('www-authenticate')).toContain('scope="admin"');
  });

  it('is refused where the person does not allow it; the session stays as it was', async () => {
    const jar = await signedIn();
    const start = await jar.navigate('/bff/login?consent=reports', { site: 'same-origin' });
    rig.as.settings.grantedScopes = ['openid', 'profile'];
    const callback = await rig.as.authorize(start.headers.get('location') ?? '');
    const refused = await jar.navigate(callback, { site: 'cross-site' });
    expect(await refused.text()).toContain('missing_scope');
    expect((await viewOf(jar)).authenticated).toBe(true);
    expect((await jar.fetch('/api/x')).status).toBe(200);
    expect(rig.as.hits('revocation')).toBe(0);
  });

  it('knows no other names, and passes no scope of the browser on', async () => {
    const jar = await signedIn();
    for (const query of ['consent=everything', 'consent=__proto__', 'consent=reports&consent=writing'])
      expect((await jar.navigate(`/bff/login?${query}`, { site: 'same-origin' })).status).toBe(400);
    const start = await jar.navigate('/bff/login?scope=admin', { site: 'same-origin' });
    const { searchParams } = new URL(start.headers.get('location') ?? '');
    expect(searchParams.get('scope')).not.toContain('admin');
  });
});
