import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Rig, startRig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

describe('the end of a sign-in in a popup', () => {
  it('is a page with one script of ours and a policy that allows that one alone', async () => {
    const answer = await rig.browser().navigate('/bff/callback/done');
    expect(answer.status).toBe(200);
    const html = await answer.text();
    expect(html).toContain('<script src="/bff/callback/done.js" defer></script>');
    expect(html.match(/<script/g)).toHaveLength(1);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src ${rig.url}/bff/callback/done.js`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-inline');
    expect(answer.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('has a script that tells the channel of this BFF', async () => {
    const answer = await rig.browser().fetch('/bff/callback/done.js');
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.text()).toContain('new BroadcastChannel("coatcheck:/bff")');
  });

  it('is where a sign-in may lead, with the session, or with why there is none', async () => {
    const jar = rig.browser();
    const start = await jar.navigate('/bff/login?return_to=/bff/callback/done');
    const callback = await rig.as.authorize(start.headers.get('location') ?? '');
    const end = await jar.navigate(callback, { site: 'cross-site' });
    expect(end.status).toBe(303);
    expect(end.headers.get('location')).toBe('/bff/callback/done');
    expect(await (await jar.fetch('/bff/session')).json()).toMatchObject({ authenticated: true });
  });

  it.each([
    '/bff/callback/done?x=1',
    '/bff/callback/done#x',
    '/bff/callback/done/',
    '/bff/callback/done.js',
    '/x/../bff/callback/done',
    '/bff/callback/demo',
  ])('BFF-LOGIN-05: %s is none of it', async (path) => {
    const start = await rig.browser().navigate(`/bff/login?return_to=${encodeURIComponent(path)}`);
    expect(start.status).toBe(400);
    expect(start.headers.get('coatcheck-problem')).toBe('invalid_return_to');
  });
});
