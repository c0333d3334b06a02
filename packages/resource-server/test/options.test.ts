import Fastify from 'fastify';
import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import resourceServer, { OptionsError } from '../src/index.ts';

const good = { issuer: 'https://idp.example.test', audience: 'urn:example:notes' };

const basic = { method: 'client_secret_basic', secret: 's' };
const { privateKey } = await generateKeyPair('ES256', { extractable: true });
const privateJwk = { ...(await exportJWK(privateKey)), alg: 'ES256' };
const introspect = (options: object) => ({
  introspection: { clientId: 'a', authentication: basic, ...options },
});

/** Options as a JavaScript user could write them. */
async function problemsOf(options: Record<string, unknown>): Promise<readonly string[]> {
  const app = Fastify();
  try {
    await app.register(resourceServer, Object.assign({ ...good }, options));
    return [];
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    for (const problem of error.problems) expect(error.message).toContain(problem);
    return error.problems;
  } finally {
    await app.close();
  }
}

describe('options', () => {
  it.each<[string, Record<string, unknown>]>([
    ['the least', {}],
    ['several audiences', { audience: ['a', 'b'] }],
    ['an issuer on this machine', { issuer: 'http://127.0.0.1:9400' }],
    ['an issuer on a name of this machine', { issuer: 'http://idp.localhost:9400/' }],
    ['an issuer on IPv6', { issuer: 'http://[::1]:9400' }],
    ['plain http, said aloud', { issuer: 'http://idp.internal', allowInsecureHttp: true }],
    ['a secret', { secret: new Uint8Array(32) }],
    ['DPoP and certificates', { dpop: 'allowed', mtls: 'required', publicUrl: 'http://10.0.0.7:9300/v1' }],
    [
      'every option of DPoP',
      {
        dpop: {
          mode: 'required',
          algorithms: ['ES256'],
          maxAge: 30,
          nonce: { secret: new Uint8Array(32), lifetime: 60 },
          replay: { claim: () => true },
        },
        publicUrl: ['https://a.test', 'https://b.test/v1/'],
      },
    ],
    [
      'a proxy that ends TLS',
      { mtls: { header: 'X-Client-Cert', trustedProxies: ['10.0.0.0/8', '::1', 'fd00::/128'] } },
    ],
    ['introspection', { introspection: { clientId: 'a', authentication: basic } }],
    [
      'every option of introspection',
      {
        introspection: {
          clientId: 'a',
          authentication: { method: 'private_key_jwt', key: privateJwk },
          endpoint: 'https://a.test/introspect',
          tokens: 'all',
          signedResponses: true,
          cache: { maxAge: 0, size: 1 },
          timeout: 1,
          backoff: 0,
        },
      },
    ],
    ['what Fastify reads', { prefix: '/x', logLevel: 'info' }],
    ['undefined', { jwksUri: undefined, jwks: undefined, tolerance: { exp: undefined } }],
  ])('%s is fine', async (_, options) => {
    expect(await problemsOf(options)).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['no issuer', { issuer: undefined }, /^issuer must be a URL/],
    ['plain http', { issuer: 'http://idp.example.test' }, /^issuer .*https/],
    ['a host that looks like this machine', { issuer: 'http://127.0.0.1.evil.test' }, /^issuer/],
    ['an issuer with a query', { issuer: 'https://idp.example.test?x' }, /^issuer/],
    ['an issuer with a password', { issuer: 'https://a:b@idp.example.test' }, /^issuer/],
    ['no audience', { audience: undefined }, /^audience/],
    ['an empty audience', { audience: '' }, /^audience/],
    ['no audience in the list', { audience: [] }, /^audience/],
    ['an empty audience in the list', { audience: ['a', ''] }, /^audience/],
    ['a jwksUri over plain http', { jwksUri: 'http://keys.example.test' }, /^jwksUri/],
    [
      'a jwksUri beside a secret',
      { jwksUri: 'https://a.test', secret: new Uint8Array(32) },
      /^jwksUri .*secret/,
    ],
    ['alg none', { algorithms: ['none'] }, /^algorithms/],
    ['HS256 without a secret', { algorithms: ['RS256', 'HS256'] }, /^algorithms .*needs the option secret/],
    [
      'RS256 beside a secret',
      { algorithms: ['RS256'], secret: new Uint8Array(32) },
      /^algorithms .*secret is set/,
    ],
    ['no algorithms', { algorithms: [] }, /^algorithms/],
    ['a short secret', { secret: new Uint8Array(31) }, /^secret .*32/],
    ['a secret that is text', { secret: 'x'.repeat(64) }, /^secret .*Uint8Array/],
    ['required claims that are text', { requiredClaims: 'jti' }, /^requiredClaims/],
    ['a tolerance without end', { tolerance: { exp: 86_400 } }, /^tolerance .*300/],
    ['a negative tolerance', { tolerance: { nbf: -1 } }, /^tolerance/],
    ['a misspelt tolerance', { tolerance: { expiry: 1 } }, /^tolerance/],
    ['no cool-down', { jwks: { cooldown: 0 } }, /^jwks/],
    ['a realm that ends the string', { realm: 'a", error="x' }, /^realm/],
    ['an insecure choice that is text', { allowInsecureHttp: 'false' }, /^allowInsecureHttp/],
    ['a clock that is a time', { clock: 7 }, /^clock/],
    ['a fetch that is a URL', { fetch: 'https://a.test' }, /^fetch/],
    ['a misspelt use of DPoP', { dpop: 'on' }, /^dpop must be allowed, required/],
    ['DPoP by a shared secret', { dpop: { algorithms: ['HS256'] } }, /^dpop\.algorithms/],
    ['proofs without end', { dpop: { maxAge: 86_400 } }, /^dpop\.maxAge .*600/],
    ['a short nonce secret', { dpop: { nonce: { secret: new Uint8Array(8) } } }, /^dpop\.nonce\.secret .*32/],
    ['a nonce that is text', { dpop: { nonce: 'yes' } }, /^dpop\.nonce must/],
    ['a store without claim', { dpop: { replay: {} } }, /^dpop\.replay .*claim/],
    ['a misspelt option of DPoP', { dpop: { algs: ['ES256'] } }, /^dpop\.algs is not an option$/],
    ['a header without proxies', { mtls: { header: 'Client-Cert' } }, /^mtls\.header and .*each other/],
    [
      'proxies without a header',
      { mtls: { trustedProxies: ['10.0.0.1'] } },
      /^mtls\.header and .*each other/,
    ],
    [
      'a host name for a proxy',
      { mtls: { header: 'a', trustedProxies: ['proxy.test'] } },
      /^mtls\.trustedPr/,
    ],
    ['a network too long', { mtls: { header: 'a', trustedProxies: ['10.0.0.0/33'] } }, /^mtls\.trustedPr/],
    ['a header that is none', { mtls: { header: 'a b', trustedProxies: ['::1'] } }, /^mtls\.header must/],
    ['a public URL with a query', { publicUrl: 'https://a.test?x' }, /^publicUrl/],
    ['no public URL in the list', { publicUrl: [] }, /^publicUrl/],
    ['introspection as nobody', { introspection: { authentication: basic } }, /^introspection\.clientId/],
    ['introspection without proof', { introspection: { clientId: 'a' } }, /^introspection\.authentication/],
    ['a secret that is empty', introspect({ authentication: { ...basic, secret: '' } }), /\.secret must/],
    ['no method', introspect({ authentication: { secret: 's' } }), /\.method must/],
    ['an unknown method', introspect({ authentication: { ...basic, method: 'none' } }), /\.method must/],
    [
      'a public key',
      introspect({ authentication: { method: 'private_key_jwt', key: { ...privateJwk, d: undefined } } }),
      /\.key must be a private JWK/,
    ],
    [
      'a key without alg',
      introspect({ authentication: { method: 'private_key_jwt', key: { ...privateJwk, alg: undefined } } }),
      /\.key must be a private JWK/,
    ],
    [
      'a broken key',
      introspect({ authentication: { method: 'private_key_jwt', key: { ...privateJwk, x: 'AA' } } }),
      /^introspection\.authentication\.key cannot be used/,
    ],
    ['an endpoint over plain http', introspect({ endpoint: 'http://a.test' }), /^introspection\.endpoint/],
    ['an endless memory', introspect({ cache: { maxAge: 86_400 } }), /^introspection\.cache\.maxAge/],
    ['an empty memory', introspect({ cache: { size: 0 } }), /^introspection\.cache\.size/],
    ['a misspelt member of it', introspect({ client: 'a' }), /^introspection\.client is not an option$/],
    ['a misspelt option', { audiences: ['a'] }, /^audiences is not an option$/],
  ])('%s is a problem', async (_, options, problem) => {
    expect(await problemsOf(options)).toEqual([expect.stringMatching(problem)]);
  });

  it('all problems are told at once', async () => {
    const problems = await problemsOf({
      issuer: 'nowhere',
      audience: 7,
      secret: 'x',
      jwks: 3,
      colour: 'red',
    });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'issuer',
      'audience',
      'secret',
      'jwks',
      'colour',
    ]);
  });
});
