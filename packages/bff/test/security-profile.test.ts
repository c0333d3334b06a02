import { generateKeyPairSync } from 'node:crypto';
import { makeCertificate } from '@coatcheck/testing';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../src/options/problems.ts';
import { parseOptions } from '../src/options/settings.ts';
import { fapi2Fault, underFapi2 } from '../src/provider/fapi2.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
const certificate = await makeCertificate(['app']);

/** @param provider members over the usual ones; undefined takes one out */
function options(provider: Record<string, unknown>): unknown {
  const written = {
    publicUrl: 'http://localhost:3000',
    keys: ['q8Zy1nV3xWcT5bKjP0LrG7dMfE2hUoS9aYiQ4wRtXzE'],
    store: { url: 'sqlite:' },
    clientKeys: [String(rsa.export({ type: 'pkcs8', format: 'pem' }))],
    providers: [{ id: 'main', issuer: 'https://id.example', clientId: 'app', ...provider }],
  };
  return JSON.parse(JSON.stringify(written));
}

function settingsOf(provider: Record<string, unknown>) {
  const [settings] = parseOptions(options(provider)).providers;
  if (!settings) throw new Error('no provider');
  return settings;
}

function problemsOf(provider: Record<string, unknown>): string[] {
  try {
    parseOptions(options(provider));
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ key }) => key);
    throw error;
  }
}

describe('securityProfile fapi2 (BFF-ADV-10)', () => {
  const byKey = { securityProfile: 'fapi2', clientAuthentication: 'private_key_jwt' };
  const byCertificate = {
    securityProfile: 'fapi2',
    clientAuthentication: 'tls_client_auth',
    clientCertificate: certificate,
  };

  it('pushes, binds tokens to keys, and signs with nothing weaker than PS256', () => {
    const settings = settingsOf(byKey);
    expect(settings).toMatchObject({ pushedAuthorizationRequests: 'required', dpop: 'required' });
    expect(settings.clientKeys.map(({ algorithms }) => algorithms)).toEqual([['PS256']]);
    expect(settingsOf({ clientAuthentication: 'private_key_jwt' }).clientKeys[0]?.algorithms).toEqual([
      'PS256',
      'RS256',
    ]);
  });

  it('leaves the binding to a certificate that is shown, or has both', () => {
    expect(settingsOf(byCertificate).dpop).toBe('never');
    expect(settingsOf({ ...byCertificate, dpop: 'required' }).dpop).toBe('required');
    expect(problemsOf({ ...byKey, dpop: 'never' })).toEqual(['providers[0].dpop']);
  });

  it('leaves no room for bearer tokens by assertion', () => {
    const home = {
      ...(options(byKey) as object),
      routes: [{ prefix: '/api', upstream: 'https://api.example', resource: 'urn:api', homeAssertion: true }],
    };
    expect(() => parseOptions(home)).toThrow(/dpop is required by its securityProfile/);
  });

  it('is not for a server that has neither metadata nor ID tokens', () => {
    const github = { profile: 'github', issuer: undefined, clientSecret: 'a-secret' };
    expect(problemsOf({ ...github, securityProfile: 'fapi2' })).toContain('providers[0].profile');
  });

  it('finds in the metadata what falls short, one thing at a time', () => {
    const good: Record<string, unknown> = {
      pushed_authorization_request_endpoint: 'https://id.example/par',
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      token_endpoint_auth_methods_supported: ['tls_client_auth', 'private_key_jwt'],
      dpop_signing_alg_values_supported: ['ES256'],
      tls_client_certificate_bound_access_tokens: true,
      id_token_signing_alg_values_supported: ['RS256', 'EdDSA'],
    };
    const ofKey = { clientAuthentication: 'private_key_jwt', dpop: 'required' } as const;
    const ofCertificate = { clientAuthentication: 'tls_client_auth', dpop: 'never' } as const;
    expect([fapi2Fault(good, ofKey), fapi2Fault(good, ofCertificate)]).toEqual([null, null]);
    for (const name of Object.keys(good)) {
      const client = name.startsWith('tls_') ? ofCertificate : ofKey;
      for (const value of [undefined, [], 'S256', { length: 1 }]) {
        const isEndpoint = name.endsWith('_endpoint') && value !== undefined;
        const fault = fapi2Fault({ ...good, [name]: value }, client);
        if (!isEndpoint) expect(fault, `${name}: ${value}`).toContain(name);
      }
    }
    expect(underFapi2(good).id_token_signing_alg_values_supported).toEqual(['EdDSA']);
  });
});

it('DPoP is refused where the servers of a profile do not know it', () => {
  const github = { profile: 'github', issuer: undefined, clientSecret: 'a-secret' };
  expect(problemsOf({ ...github, dpop: 'required' })).toEqual(['providers[0].dpop']);
  expect(problemsOf({ ...github, dpop: 'never' })).toEqual([]);
});
