import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { auditEvents } from '../evidence/log-lines.ts';
import { expectRefusedSignIn } from '../evidence/refused-sign-in.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ as: { signingAlgorithm: 'ES256' } });
});
afterEach(() => {
  rig.reset();
  rig.as.settings.clockOffset = 0;
});
afterAll(() => rig.close());

for (const skew of [20, -20]) {
  requirement('BFF-IDP-07', `a provider whose clock is ${skew} s off signs people in, and out`, async () => {
    rig.as.settings.clockOffset = skew;
    const jar = await rig.signedIn();
    expect((await rig.call(jar)).status).toBe(200);
    const body = new URLSearchParams({ logout_token: await rig.as.signLogoutToken({ sub: 'alice-0001' }) });
    const answer = await fetch(`${rig.bff.url}${rig.bff.paths.backchannelLogout('main')}`, {
      method: 'POST',
      body,
    });
    expect(answer.status).toBe(200);
  });
}

for (const [skew, claim, distance, direction] of [
  [600, 'iat', 600, 'ahead'],
  // An ID token lives five minutes.
  [-600, 'exp', 300, 'ago'],
] as const) {
  requirement('BFF-IDP-07', `one that is ${skew} s off does not, and the log says why`, async () => {
    rig.as.settings.clockOffset = skew;
    await expectRefusedSignIn(rig, ['id_token_invalid']);
    const failed = auditEvents(rig.bff.log()).findLast(({ event }) => event === 'login.failed');
    expect(failed).toMatchObject({ code: 'id_token_invalid', provider: 'main' });
    const pattern = new RegExp(`^clock_skew: ${claim} is (\\d+) s ${direction} by our clock`);
    const [, said] = pattern.exec(String(failed?.detail)) ?? [];
    expect(Math.abs(Number(said) - distance), String(failed?.detail)).toBeLessThan(20);
  });
}

requirement(['BFF-IDT-09', 'BFF-IDP-07'], 'how far a clock may be off is configured', async () => {
  const strict = await startRig({
    as: { signingAlgorithm: 'ES256' },
    provider: { config: { clockTolerance: '2s' } },
  });
  const lenient = await startRig({
    as: { signingAlgorithm: 'ES256' },
    provider: { config: { clockTolerance: '120s' } },
  });
  strict.as.settings.clockOffset = 20;
  await expectRefusedSignIn(strict, ['id_token_invalid']);
  strict.as.settings.clockOffset = 0;
  await strict.signedIn();
  lenient.as.settings.clockOffset = 100;
  await lenient.signedIn();
  lenient.as.settings.clockOffset = 150;
  await expectRefusedSignIn(lenient, ['id_token_invalid']);
  await strict.close();
  await lenient.close();
});
