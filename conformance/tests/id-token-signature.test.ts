import { forge, type SigningAlgorithm, startAuthorizationServer } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { badIdToken, expectRefusedSignIn } from '../evidence/refused-sign-in.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const algorithms: SigningAlgorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];

let rig: Rig;
/** The same provider for a client that is pinned to one algorithm. */
let pinned: Rig;
beforeAll(async () => {
  rig = await startRig({ as: { algorithms } });
  pinned = await startRig({ as: { algorithms }, provider: { config: { idTokenSigningAlg: 'ES256' } } });
});
afterEach(() => {
  rig.reset();
  rig.as.settings.signingAlgorithm = 'RS256';
  pinned.reset();
});
afterAll(async () => {
  await rig.close();
  await pinned.close();
});

for (const alg of algorithms) {
  requirement('BFF-IDT-01', `an ID token that ${alg} signed is believed`, async () => {
    rig.as.change('idToken', 'once', forge.alg(alg));
    const jar = await rig.signedIn({ user: { sub: `signed-by-${alg}` } });
    expect(await rig.session(jar)).toMatchObject({ user: { sub: `signed-by-${alg}` } });
  });

  requirement(
    'BFF-IDT-02',
    `one bit off, or by somebody else\u2019s key, ${alg} signs nobody in`,
    async () => {
      rig.as.settings.signingAlgorithm = alg;
      for (const forgery of [forge.badSignature(), forge.foreignKey()]) {
        rig.as.change('idToken', 'once', forgery);
        await expectRefusedSignIn(rig, badIdToken);
      }
    },
  );
}

requirement('BFF-IDT-02', 'nor does a key that this provider never published', async () => {
  const stranger = await startAuthorizationServer();
  for (const kid of ['unpublished', (await rig.as.keys.current('RS256')).kid]) {
    const { privateKey } = await stranger.keys.current('RS256');
    rig.as.change('idToken', 'once', forge.signedBy(privateKey, 'RS256', kid));
    await expectRefusedSignIn(rig, badIdToken);
  }
  // Nor this provider's own key for another algorithm.
  const { privateKey, kid } = await rig.as.keys.current('PS256');
  rig.as.change('idToken', 'once', forge.signedBy(privateKey, 'RS256', kid));
  await expectRefusedSignIn(rig, badIdToken);
  await stranger.close();
});

requirement(
  'BFF-IDT-03',
  'an unsigned ID token is refused, also where the provider offers them',
  async () => {
    const offer = (draft: Record<string, unknown>) => {
      draft.id_token_signing_alg_values_supported = ['none', 'HS256', 'RS256'];
    };
    for (const alg of ['none', 'None', 'nOnE', 'NONE', '', 'null', undefined]) {
      rig.as.change('idToken', 'once', (draft) => {
        draft.signature = { by: 'nobody' };
        draft.header.alg = alg;
      });
      await expectRefusedSignIn(rig, badIdToken);
    }
    rig.as.change('metadata', 'always', offer);
    await rig.bff.restart();
    rig.as.change('idToken', 'once', forge.algNone());
    await expectRefusedSignIn(rig, badIdToken);
    rig.as.reset();
    await rig.bff.restart();
  },
);

requirement('BFF-IDT-04', 'no public or shared value is the key of an HMAC', async () => {
  for (const secret of ['public-key-pem', 'public-key-jwk', 'client-secret', Buffer.alloc(0)] as const) {
    rig.as.change('idToken', 'once', forge.hs256(secret));
    await expectRefusedSignIn(rig, badIdToken);
  }
});

requirement(
  'BFF-IDT-04',
  'nor where the metadata names HS256 and the key set has a symmetric key',
  async () => {
    const { publicKey, kid } = await rig.as.keys.current('RS256');
    const k = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }));
    rig.as.change('metadata', 'always', (draft) => {
      draft.id_token_signing_alg_values_supported = ['RS256', 'HS256'];
    });
    rig.as.change('jwks', 'always', (draft) => {
      draft.keys.push({ kty: 'oct', alg: 'HS256', kid, k: k.toString('base64url') });
    });
    await rig.bff.restart();
    rig.as.change('idToken', 'once', forge.hs256('public-key-pem'));
    await expectRefusedSignIn(rig, badIdToken);
    await rig.signedIn();
    rig.as.reset();
    await rig.bff.restart();
  },
);

requirement('BFF-IDT-05', 'a client that is pinned to one algorithm takes no other', async () => {
  for (const alg of algorithms) {
    pinned.as.change('idToken', 'once', forge.alg(alg));
    if (alg === 'ES256') await pinned.signedIn();
    else await expectRefusedSignIn(pinned, badIdToken);
  }
});

requirement('BFF-IDT-05', 'nor one that the provider does not announce', async () => {
  rig.as.change('metadata', 'always', (draft) => {
    draft.id_token_signing_alg_values_supported = ['ES256'];
  });
  await rig.bff.restart();
  rig.as.change('idToken', 'once', forge.alg('RS256'));
  await expectRefusedSignIn(rig, badIdToken);
  rig.as.change('idToken', 'once', forge.alg('ES256'));
  await rig.signedIn();
  rig.as.reset();
  await rig.bff.restart();
});

requirement('BFF-IDT-13', 'a key that the token brings or points to is not looked at', async () => {
  const attacker = await startAuthorizationServer();
  const { privateKey, publicKey, publicJwk } = await attacker.keys.current('RS256');
  const own = (await rig.as.keys.current('RS256')).kid;
  const url = `${attacker.issuer}/jwks`;
  const places: Record<string, unknown>[] = [
    { jku: url },
    { jku: url, kid: own },
    { x5u: url },
    { jwk: publicJwk },
    { jwk: { ...publicJwk, kid: own }, kid: own },
    { x5c: [publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] },
    { x5t: publicJwk.kid, 'x5t#S256': publicJwk.kid, kid: publicJwk.kid },
  ];
  for (const header of places) {
    rig.as.change(
      'idToken',
      'once',
      forge.all(forge.signedBy(privateKey, 'RS256', publicJwk.kid), forge.header(header)),
    );
    await expectRefusedSignIn(rig, badIdToken);
  }
  expect(attacker.connections).toBe(0);
  await attacker.close();
  // Beside a good signature they are ignored, as RFC 8725 §3.10 says.
  rig.as.change('idToken', 'once', forge.header({ jku: url, x5u: url, jwk: publicJwk }));
  await rig.signedIn();
});

requirement('BFF-IDT-13', 'an extension that must be understood is not', async () => {
  for (const header of [
    { crit: ['b64'], b64: true },
    { crit: ['https://evil.test/x'], 'https://evil.test/x': 1 },
    { crit: [] },
    { crit: 'exp' },
    { crit: ['exp'], exp: 1 },
  ]) {
    rig.as.change('idToken', 'once', forge.header(header));
    await expectRefusedSignIn(rig, badIdToken);
  }
});

requirement('BFF-IDT-14', 'without kid a single key is the one that is meant', async () => {
  const withoutKid = forge.header({ kid: undefined });
  const single = await startRig({ as: { signingAlgorithm: 'ES256' } });
  single.as.change('idToken', 'always', withoutKid);
  await single.signedIn();
  single.as.change('jwks', 'always', (draft) => {
    for (const key of draft.keys) delete key.kid;
  });
  await single.bff.restart();
  await single.signedIn();

  // With several of a kind: the right one or none, and nobody falls.
  await single.as.keys.rotate('ES256');
  await single.as.keys.rotate('ES256');
  await single.bff.restart();
  const [pid] = single.bff.pids;
  const jar = single.jar();
  const answer = await single.finish(jar, await single.begin(jar));
  expect([303, 400, 502]).toContain(answer.status);
  single.as.change('idToken', 'once', forge.all(forge.foreignKey(), withoutKid));
  await expectRefusedSignIn(single, badIdToken);
  expect(single.bff.pids[0]).toBe(pid);
  await single.close();
});
