import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

/**
 * Someone between browser and provider changes the request, so that a code is not bound to the verifier any more (RFC
 * 9700 §4.8).
 */
for (const [what, change] of Object.entries({
  'an emptied challenge': (query: URLSearchParams) => {
    query.delete('code_challenge');
    query.delete('code_challenge_method');
  },
  'the method plain': (query: URLSearchParams) => query.set('code_challenge_method', 'plain'),
  'a challenge of the attacker': (query: URLSearchParams) => query.set('code_challenge', 'A'.repeat(43)),
})) {
  requirement('BFF-LOGIN-02', `${what} ends without a session`, async () => {
    const jar = rig.jar();
    const start = await jar.navigate(rig.bff.loginPath(), { site: 'same-origin' });
    const url = new URL(start.location ?? '');
    change(url.searchParams);
    const opened = await rig.as.open(url.href);
    const answer = opened.kind === 'redirect' ? await rig.finish(jar, opened.url) : undefined;
    if (answer) expect(answer.status).toBeGreaterThanOrEqual(400);
    for (const { form } of rig.as.requestsOf('token'))
      expect(form.get('code_verifier')).toMatch(/^[\w-]{43}$/);
    expect(await rig.session(jar)).toMatchObject({ authenticated: false });
  });
}

requirement('BFF-LOGIN-02', 'metadata that speaks of plain alone changes nothing', async () => {
  rig.as.change('metadata', 'always', (document) => ({
    ...document,
    code_challenge_methods_supported: ['plain'],
  }));
  await rig.bff.restart();
  const jar = rig.jar();
  const start = await jar.navigate(rig.bff.loginPath(), { site: 'same-origin' });
  const asked = start.location === undefined ? undefined : new URL(start.location).searchParams;
  if (asked) expect(asked.get('code_challenge_method')).toBe('S256');
  else expect(start.status).toBeGreaterThanOrEqual(400);
});
