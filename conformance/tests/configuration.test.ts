import { afterAll, beforeAll, expect } from 'vitest';
import { StartFailed } from '../adapters/adapter.ts';
import { advisory } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

advisory(
  72,
  [],
  'a cookie name or path that would write attributes of its own prevents the start',
  async () => {
    // Every start tells all problems, so two wrong values go together.
    const configs = [
      { cookieName: 'a;Domain=evil.test', basePath: '/bff;Domain=evil.test' },
      { cookieName: 'a\r\nSet-Cookie: x', basePath: '/bff\r\nX: y' },
      { cookieName: 'a=b', basePath: '//evil.test' },
      { cookieName: 'a b', basePath: 'bff' },
      { cookieName: '', basePath: '/' },
    ];
    await rig.bff.stop();
    for (const config of configs) {
      const failure: unknown = await rig.bff.restart({ config }).catch((error: unknown) => error);
      expect(failure, JSON.stringify(config)).toBeInstanceOf(StartFailed);
      const output = failure instanceof StartFailed ? failure.output : '';
      expect(output).toContain('cookieName');
      expect(output).toContain('basePath');
    }
    await rig.bff.restart({ config: {} });
  },
);

advisory(64, [], 'metrics, probes and administration are not at the public address', async () => {
  const jar = await rig.signedIn();
  const paths = [
    '/metrics',
    '/livez',
    '/readyz',
    '/subjects/sessions',
    '/debug',
    '/debug/pprof',
    '/healthz',
    '/status',
  ];
  for (const path of paths) {
    for (const method of ['GET', 'DELETE', 'POST']) {
      expect((await jar.fetch(path, { method })).status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
    }
    expect((await jar.navigate(path)).headers.get('content-type'), path).not.toContain('text/plain');
  }
  expect((await fetch(`${rig.bff.managementUrl}/metrics`)).status).toBe(200);
});
