import { randomUUID } from 'node:crypto';
import { faults, forge, makeJunkKeys, makeSigningKey, withMembers } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { postLogoutToken } from '../endings/logout-token.ts';
import { badIdToken, expectRefusedSignIn } from '../evidence/refused-sign-in.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const hour = 3_600;
const key = 'ES256';
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    as: { signingAlgorithm: key, accessTokenLifetime: 36_000 },
    provider: { config: { requestTimeout: '1s' } },
    idleTimeout: 48 * hour,
    absoluteTimeout: 48 * hour,
  });
});
// What was loaded before is too old for everything, so each test begins with keys of its own.
beforeEach(() => rig.advance(25 * hour));
afterEach(() => {
  rig.reset();
  delete rig.as.settings.documentCacheControl;
});
afterAll(() => rig.close());

requirement('BFF-KEY-02', 'keys that change between sign-ins are picked up without a restart', async () => {
  await rig.signedIn();
  await rig.as.keys.rotate(key);
  await rig.signedIn();
  await rig.as.keys.rotate(key, { withdraw: true });
  await rig.signedIn();
});

requirement('BFF-KEY-02', 'and so are keys that change just before the token is signed', async () => {
  await rig.signedIn();
  for (const withdraw of [true, false, true]) {
    rig.as.change('idToken', 'once', async () => {
      await rig.as.keys.rotate(key, { withdraw });
    });
    await rig.signedIn();
  }
});

requirement('BFF-KEY-02', 'a rotation is told in the log, with what came and what went', async () => {
  await rig.signedIn();
  const old = await rig.as.keys.current(key);
  const fresh = await rig.as.keys.rotate(key, { withdraw: true });
  await rig.signedIn();
  const lines = rig.bff
    .log()
    .split('\n')
    .filter((line) => line.includes(fresh.kid));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`changed its keys: new ${fresh.kid} (${key})`);
  expect(lines[0]).toContain(`withdrawn ${old.kid} (${key})`);
});

requirement('BFF-KEY-02', 'logout tokens and refreshed ID tokens see the new keys too', async () => {
  const jar = await rig.signedIn();
  await rig.as.keys.rotate(key, { withdraw: true });
  await rig.advance(36_000);
  rig.as.change('idToken', 'once', forge.claims({ name: 'After Rotation' }));
  expect((await rig.call(jar)).status).toBe(200);
  expect(await rig.session(jar)).toMatchObject({ user: { name: 'After Rotation' } });
  await rig.as.keys.rotate(key, { withdraw: true });
  const answer = await postLogoutToken(rig, await rig.as.signLogoutToken({ sub: 'alice-0001' }));
  expect(answer.status).toBe(200);
  expect(await rig.session(jar)).toMatchObject({ authenticated: false, reason: 'provider-logout' });
});

/** Sends tokens whose key nobody knows; resolves to how often the provider was asked for its keys. */
async function flood(count: number, how: 'logout' | 'callback'): Promise<number> {
  rig.as.clearRecords();
  const stop = rig.as.change('idToken', 'always', (draft) => {
    draft.header.kid = randomUUID();
  });
  for (let at = 0; at < count; at += 20) {
    await Promise.all(
      Array.from({ length: Math.min(20, count - at) }, async () => {
        if (how === 'logout') {
          const unknown = forge.header({ kid: randomUUID() });
          const token = await rig.as.signLogoutToken({ sub: 'nobody' }, unknown);
          expect((await postLogoutToken(rig, token)).status).toBe(400);
        } else {
          const browser = rig.jar();
          const answer = await rig.finish(browser, await rig.begin(browser));
          expect(badIdToken).toContain(answer.headers.get('coatcheck-problem'));
        }
      }),
    );
  }
  stop();
  return rig.as.hits('jwks');
}

requirement('BFF-KEY-03', 'hundreds of unknown key ids ask the provider only a few times', async () => {
  await rig.signedIn();
  const asked = (await flood(250, 'logout')) + (await flood(250, 'callback'));
  expect(asked).toBeGreaterThan(0);
  expect(asked).toBeLessThanOrEqual(5);
  // A minute later there are some more, and no more than that.
  await rig.advance(60);
  const again = await flood(100, 'logout');
  expect(again).toBeGreaterThan(0);
  expect(again).toBeLessThanOrEqual(3);
});

requirement('BFF-KEY-03', 'nor do they keep a rotation from being noticed', async () => {
  await rig.signedIn();
  await flood(50, 'logout');
  await rig.as.keys.rotate(key, { withdraw: true });
  await rig.advance(60);
  await flood(20, 'logout');
  await rig.signedIn();
});

requirement('BFF-KEY-04', 'keys that cannot be used are passed over', async () => {
  const junk = await makeJunkKeys();
  const { publicJwk, privateKey } = await makeSigningKey('RS256');
  const more: Record<string, unknown>[] = [
    { ...publicJwk, kid: 'private', d: privateKey.export({ format: 'jwk' }).d },
    { ...publicJwk, kid: 'operations', use: undefined, key_ops: ['encrypt'] },
    { ...publicJwk, kid: 'damaged', n: '*' },
    { ...publicJwk, kid: 7 },
    { kty: 'EC', crv: 'P-256', kid: 'off-curve', x: 'AA', y: 'AA' },
    { kty: 'OKP', crv: 'X25519', kid: 'x25519', x: 'AA' },
    {},
  ];
  rig.as.change('jwks', 'always', (draft) => {
    draft.keys.unshift(...junk.map(({ jwk }) => ({ ...jwk })), ...more);
  });
  await rig.signedIn();
});

requirement('BFF-KEY-04', 'not even entries that are no keys at all spoil a key set', async () => {
  rig.as.change('jwks', 'always', ({ keys }) => ({ keys: [null, 'key', 7, [], ...keys] }));
  await rig.signedIn();
});

requirement('BFF-KEY-04', 'a signature that only an unusable key verifies is none', async () => {
  rig.as.change(
    'metadata',
    'always',
    withMembers({ id_token_signing_alg_values_supported: ['ES256', 'RS256'] }),
  );
  const junk = await makeJunkKeys();
  rig.as.change('jwks', 'always', (draft) => {
    draft.keys.unshift(...junk.map(({ jwk }) => ({ ...jwk })));
  });
  for (const { why, jwk, privateKey } of junk) {
    if (!privateKey) continue;
    const alg = privateKey.asymmetricKeyType === 'ec' ? 'ES256' : 'RS256';
    for (const kid of [jwk.kid, undefined]) {
      rig.as.change('idToken', 'once', forge.all(forge.signedBy(privateKey, alg), forge.header({ kid })));
      await expectRefusedSignIn(rig, badIdToken).catch((error: unknown) => {
        throw new Error(`signed by the key ${why}`, { cause: error });
      });
    }
  }
  await rig.signedIn();
});

for (const [control, life] of [
  [undefined, hour],
  ['max-age=600', 600],
  ['public, max-age=7200, must-revalidate', 2 * hour],
  ['no-store', 300],
  ['max-age=1', 300],
  ['max-age=99999999', 24 * hour],
] as const) {
  requirement(
    'BFF-KEY-05',
    `with ${control ?? 'no word'} about it a withdrawn key is no good after ${life} s`,
    async () => {
      if (control !== undefined) rig.as.settings.documentCacheControl = control;
      const { kid, privateKey } = await rig.as.keys.current(key);
      await rig.signedIn();
      await rig.as.keys.rotate(key);
      rig.as.keys.withdraw(kid);
      const withdrawn = forge.signedBy(privateKey, key, kid);
      // Within its life it is still what the provider said last.
      rig.as.change('idToken', 'once', withdrawn);
      await rig.signedIn();
      await rig.advance(life);
      rig.as.change('idToken', 'once', withdrawn);
      await expectRefusedSignIn(rig, badIdToken);
      const token = await rig.as.signLogoutToken({ sub: 'alice-0001' }, withdrawn);
      expect((await postLogoutToken(rig, token)).status).toBe(400);
      await rig.signedIn();
    },
  );
}

requirement('BFF-KEY-05', 'keys that cannot be renewed are used for a day, and then no more', async () => {
  await rig.signedIn();
  rig.as.on('jwks', 'always', faults.status(503));
  await rig.advance(2 * hour);
  await rig.signedIn();
  // A broken answer does not take them away either.
  rig.as.on('jwks', 'always', faults.jsonText('{"keys":[]}'));
  await rig.advance(2 * hour);
  await rig.signedIn();
  await rig.advance(21 * hour);
  await expectRefusedSignIn(rig, ['provider_unavailable', 'provider_response_invalid']);
  rig.as.reset();
  await rig.advance(60);
  await rig.signedIn();
});
