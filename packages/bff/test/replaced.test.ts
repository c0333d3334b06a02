import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Rig, startRig, until } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const newest = () => rig.as.issued().findLast(({ kind }) => kind === 'refresh_token')?.value;
const revoked = () => rig.as.requestsOf('revocation').map(({ form }) => form.get('token'));

it('BFF-SESS-01: signing in once more as oneself takes no token back, since that may take the new ones too', async () => {
  const jar = rig.browser();
  await rig.signIn(jar);
  const first = newest();
  await rig.signIn(jar);
  const second = newest();
  expect(second).not.toBe(first);
  rig.as.settings.user = { ...rig.as.settings.user, sub: 'somebody-else' };
  await rig.signIn(jar);
  // What somebody else left in this browser is taken back.
  await until(() => revoked().includes(second ?? ''), 'the tokens of the person before are revoked');
  expect(revoked()).not.toContain(first);
});
