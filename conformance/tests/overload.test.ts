import { managementPaths } from '@coatcheck/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  // Whatever it uses is too much.
  rig = await startRig({ config: { limits: { overload: { heapUsed: 1 } } } });
});
afterAll(() => rig.close());

test('an overloaded server refuses every call at once and says when to come back', async () => {
  const { session, login } = rig.bff.paths;
  await expect.poll(async () => (await rig.jar().fetch(session)).status).toBe(503);
  for (const path of [session, '/api/notes', '/app']) {
    const answer = await rig.jar().fetch(path);
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ code: 'overloaded' });
  }
  const page = await rig.jar().navigate(login, { site: 'same-origin' });
  expect(page.status).toBe(503);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(rig.upstream.requests).toHaveLength(0);
});

test('it still answers whoever looks after it', async () => {
  await expect.poll(async () => (await rig.jar().fetch(rig.bff.paths.session)).status).toBe(503);
  for (const path of [managementPaths.live, managementPaths.ready, managementPaths.metrics]) {
    const answer = await fetch(`${rig.bff.managementUrl}${path}`);
    expect(answer.status, path).toBe(200);
    if (path === managementPaths.metrics)
      expect(await answer.text()).toMatch(/requests_refused_total\{code="overloaded"\} [1-9]/);
  }
});
