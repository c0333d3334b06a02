import { expect, test } from 'vitest';
import { jsonLog } from '../src/log.ts';
import { Browser } from './browser.ts';
import {
  asClient,
  authorizationRequest,
  authorizationUrl,
  authorize,
  exchange,
  refresh,
  tokensOf,
} from './relying-party.ts';
import { start } from './start.ts';

test('the log tells what happened, and holds no code, token, secret, password or cookie', async () => {
  const lines: string[] = [];
  const log = jsonLog(
    (line) => lines.push(line),
    () => new Date(0),
  );
  const idp = await start({ log });
  const browser = new Browser();
  const request = authorizationRequest(idp);
  const page = await browser.open(authorizationUrl(idp, request));
  await browser.submit(page, {
    login: 'alice@example.test',
    password: 'mistyped-password',
    decision: 'sign-in',
  });
  const code = (await authorize(idp, request, { browser })).get('code');
  const tokens = tokensOf(await exchange(idp, code, { code_verifier: request.verifier }));
  const newer = tokensOf(await refresh(idp, tokens.refresh_token));
  await asClient({ ...idp, clientSecret: 'a-wrong-secret' }, '/token', { grant_type: 'refresh_token' });
  await refresh(idp, tokens.refresh_token);
  await exchange(idp, code, { code_verifier: 'v'.repeat(43) });
  await browser.submit(await browser.open(`${idp.issuer}/session/end`), { logout: 'yes' });

  const events = new Set(lines.map((line) => JSON.parse(line).event));
  for (const event of [
    'interaction',
    'authorization.success',
    'grant.success',
    'grant.error',
    'grant.revoked',
    'end_session.success',
  ]) {
    expect(events).toContain(event);
  }
  const secrets = {
    code,
    state: request.params.state,
    nonce: request.params.nonce,
    verifier: request.verifier,
    accessToken: tokens.access_token,
    idToken: tokens.id_token,
    refreshToken: tokens.refresh_token,
    newerRefreshToken: newer.refresh_token,
    clientSecret: idp.clientSecret,
    wrongSecret: 'a-wrong-secret',
    password: 'mistyped-password',
  };
  for (const [name, secret] of Object.entries(secrets)) expect(lines.join(''), name).not.toContain(secret);
});
