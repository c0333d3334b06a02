import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { ExampleName } from './example-names.ts';
import type { Expectations } from './verify.ts';

/** A token made on the spot, and what its verifier expects. */
export interface Example {
  readonly token: string;
  readonly expected: Expectations;
}

const issuer = 'https://id.example';
const audience = 'https://api.example';
const sharedSecret = 'a-shared-secret-of-at-least-32-bytes';

/**
 * Makes an example with keys that nobody keeps.
 *
 * @param now milliseconds since the epoch
 */
export async function makeExample(name: ExampleName, now: number): Promise<Example> {
  const seconds = Math.floor(now / 1_000);
  const claims: JWTPayload = {
    iss: issuer,
    sub: 'alice',
    aud: audience,
    scope: 'notes:read',
    iat: seconds,
    exp: seconds + 300,
  };
  switch (name) {
    case 'rs256':
      return signed('RS256', claims);
    case 'es256':
      return signed('ES256', claims);
    case 'eddsa':
      return signed('EdDSA', claims);
    case 'hs256':
      return {
        token: await shared(claims, sharedSecret),
        expected: { algorithm: 'HS256', key: sharedSecret, issuer, audience },
      };
    case 'expired':
      return signed('ES256', { ...claims, iat: seconds - 900, exp: seconds - 600 });
    case 'audience':
      return signed('ES256', { ...claims, aud: 'https://other-api.example' });
    case 'none': {
      const { expected } = await signed('RS256', claims);
      return { token: `${encoded({ alg: 'none' })}.${encoded({ ...claims, sub: 'admin' })}.`, expected };
    }
    case 'changed': {
      const { token, expected } = await signed('ES256', claims);
      const [header = '', , signature = ''] = token.split('.');
      return { token: `${header}.${encoded({ ...claims, sub: 'admin' })}.${signature}`, expected };
    }
    case 'confused': {
      // The public key is public: as a "secret" it is worth nothing, unless the token may choose the algorithm.
      const { expected } = await signed('RS256', claims);
      return { token: await shared({ ...claims, sub: 'admin' }, expected.key), expected };
    }
  }
}

async function signed(algorithm: string, claims: JWTPayload): Promise<Example> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', kid: 'example' })
    .sign(privateKey);
  const key = JSON.stringify(await exportJWK(publicKey));
  return { token, expected: { algorithm, key, issuer, audience } };
}

async function shared(claims: JWTPayload, secret: string): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
    .sign(new TextEncoder().encode(secret));
}

function encoded(part: object): string {
  return btoa(JSON.stringify(part)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
