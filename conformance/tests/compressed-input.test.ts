import { generateKeyPairSync } from 'node:crypto';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { forge } from '@coatcheck/testing';
import { CompactEncrypt, importJWK, type JWK } from 'jose';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { postLogoutToken } from '../endings/logout-token.ts';
import { residentMiB } from '../evidence/process-memory.ts';
import { badIdToken, expectRefusedSignIn } from '../evidence/refused-sign-in.ts';
import { advisory } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ as: { signingAlgorithm: 'ES256' } });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

/** 100 MB of zeros, small. */
const bombs = [gzipSync, deflateSync, deflateRawSync].map((pack) =>
  pack(Buffer.alloc(100_000_000), { level: 9 }),
);

advisory(39, [], 'nothing in a cookie is unpacked', async () => {
  // 400 in the list: here a ticket that opens nothing is none, whatever is in it.
  const [pid] = rig.bff.pids;
  const before = residentMiB(pid);
  const { ticket, loginPrefix } = rig.bff.cookies;
  const encode = (bytes: Buffer) => bytes.subarray(0, 2_500).toString('base64url');
  const zip = Buffer.from('{"alg":"dir","enc":"A256GCM","zip":"DEF"}').toString('base64url');
  for (const bomb of bombs) {
    for (const value of [encode(bomb), `${zip}..AAAAAAAAAAAAAAAA.${encode(bomb)}.AAAAAAAAAAAAAAAAAAAAAA`]) {
      for (const name of [ticket, `${loginPrefix}x`]) {
        const jar = rig.jar();
        jar.setCookie(name, value);
        const start = performance.now();
        expect((await rig.call(jar)).status).toBe(401);
        expect(performance.now() - start).toBeLessThan(500);
        expect(await rig.session(jar)).toMatchObject({ authenticated: false });
      }
    }
  }
  expect(residentMiB(pid) - before).toBeLessThan(60);
});

advisory(39, ['BFF-IDT-03', 'BFF-IDT-16'], 'nor in an ID token, and an unsigned one is none', async () => {
  const [pid] = rig.bff.pids;
  await rig.signedIn();
  const before = residentMiB(pid);
  const header = Buffer.from('{"alg":"dir","enc":"A256GCM","zip":"DEF"}').toString('base64url');
  for (const bomb of bombs) {
    const token = `${header}..AAAAAAAAAAAAAAAA.${bomb.toString('base64url')}.AAAAAAAAAAAAAAAAAAAAAA`;
    rig.as.change('idToken', 'once', () => token);
    const start = performance.now();
    await expectRefusedSignIn(rig, badIdToken);
    expect(performance.now() - start).toBeLessThan(3_000);
  }
  rig.as.change('idToken', 'once', forge.all(forge.header({ zip: 'DEF' }), forge.algNone()));
  await expectRefusedSignIn(rig, badIdToken);
  expect(residentMiB(pid) - before).toBeLessThan(80);
});

advisory(39, 'BFF-IDT-16', 'nor without end where tokens are decrypted', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const decrypting = await startRig({
    as: { signingAlgorithm: 'ES256' },
    config: { decryptionKeys: [pem] },
  });
  const { bff, as } = decrypting;
  const published = await decrypting.jar().navigate(bff.paths.jwks, { site: 'none' });
  const { keys } = keySet(await published.json());
  const [jwk] = keys;
  if (jwk === undefined) throw new Error('no key to encrypt for');
  const encrypted = async (plain: Uint8Array) =>
    new CompactEncrypt(plain)
      .setProtectedHeader({
        alg: 'ECDH-ES',
        enc: 'A256GCM',
        zip: 'DEF',
        ...(jwk.kid ? { kid: jwk.kid } : {}),
      })
      .encrypt(await importJWK(jwk, 'ECDH-ES'));
  await decrypting.signedIn();
  const [pid] = bff.pids;
  const before = residentMiB(pid);
  const bomb = await encrypted(Buffer.alloc(100_000_000));
  as.change('idToken', 'once', () => bomb);
  const start = performance.now();
  await expectRefusedSignIn(decrypting, badIdToken);
  expect((await postLogoutToken(decrypting, bomb.slice(0, 15_000))).status).toBe(400);
  expect((await postLogoutToken(decrypting, await encrypted(Buffer.alloc(8_000_000)))).status).toBe(400);
  expect(performance.now() - start).toBeLessThan(3_000);
  expect(residentMiB(pid) - before).toBeLessThan(80);
  await decrypting.signedIn();
  await decrypting.close();
});

function keySet(value: unknown): { keys: JWK[] } {
  if (typeof value !== 'object' || value === null || !('keys' in value) || !Array.isArray(value.keys)) {
    throw new Error('no key set');
  }
  return { keys: value.keys };
}
