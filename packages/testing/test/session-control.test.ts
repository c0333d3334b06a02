import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import {
  type AuthorizationServer,
  controlSession,
  type SessionControl,
  startAuthorizationServer,
} from '../src/index.ts';

let as: AuthorizationServer;
let control: SessionControl;
beforeAll(async () => {
  as = await startAuthorizationServer();
  control = controlSession(as);
});
afterEach(() => control.restore());
afterAll(() => as.close());

const view = (milliseconds: number) => ({
  authenticated: true,
  accessTokenExpiresAt: new Date(Date.now() + milliseconds).toISOString(),
});

it('waits until the token that the session shows has expired, and lets the next ones live', async () => {
  control.accessTokensLive(2);
  expect(as.settings.accessTokenLifetime).toBe(2);
  const shown = view(300);
  await control.expireAccessToken(async () => shown);
  expect(Date.parse(shown.accessTokenExpiresAt)).toBeLessThanOrEqual(Date.now());
  expect(as.settings.accessTokenLifetime).toBe(300);
});

it('says what is missing instead of waiting for ever', async () => {
  await expect(control.expireAccessToken(async () => view(600_000))).rejects.toThrow('accessTokensLive(2)');
  await expect(control.expireAccessToken(async () => ({ authenticated: false }))).rejects.toThrow('Nobody');
  await expect(
    control.expireAccessToken(async () => ({ authenticated: true, accessTokenExpiresAt: null })),
  ).rejects.toThrow('does not say');
});

it('takes the provider down once, and restores it with everything else', async () => {
  control.signsIn({ sub: 'bob' });
  expect(as.settings.user).toMatchObject({ sub: 'bob', email: 'alice@example.test' });
  await control.idpDown();
  await control.idpDown();
  await expect(fetch(`${as.issuer}/jwks`)).rejects.toThrow();
  await control.restore();
  expect((await fetch(`${as.issuer}/jwks`)).status).toBe(200);
  expect(as.settings.user.sub).not.toBe('bob');
});
