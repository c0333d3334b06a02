import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { advisory } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(() => {
  rig.reset();
  delete rig.as.settings.authTime;
  delete rig.as.settings.acr;
});
afterAll(() => rig.close());

advisory(47, [], 'a max_age that was asked for is checked when the answer comes', async () => {
  rig.as.settings.authTime = Math.floor(Date.now() / 1_000) - 600;
  const jar = rig.jar();
  const refused = await rig.finish(jar, await rig.begin(jar, { more: { max_age: '60' } }));
  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect(refused.status).toBeLessThan(500);
  expect(await refused.text()).toContain('step_up_failed');
  expect(await rig.session(jar)).toMatchObject({ authenticated: false });
  await rig.signIn(jar, { more: { max_age: '3600' } });
});

advisory(47, [], 'and so is an acr', async () => {
  rig.as.settings.acr = 'urn:password';
  const jar = rig.jar();
  const refused = await rig.finish(jar, await rig.begin(jar, { more: { acr_values: 'urn:mfa' } }));
  expect(await refused.text()).toContain('step_up_failed');
  expect(await rig.session(jar)).toMatchObject({ authenticated: false });
});
