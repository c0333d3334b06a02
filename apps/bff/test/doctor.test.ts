import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from '@coatcheck/testing';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config/load.ts';
import { runDoctor } from '../src/doctor/doctor.ts';
import { newClientKey } from '../src/keys/client-key.ts';
import { configFile, ownFolder, run, workingConfig } from './command.ts';
import { type Changes, examineProvider, goodKeys, startProvider } from './doctor-provider.ts';

/** What Microsoft Entra ID says, in short. */
function entra(issuer: string) {
  const at = 'https://login.microsoftonline.com';
  return {
    issuer,
    authorization_endpoint: `${at}/authorize`,
    token_endpoint: `${at}/token`,
    jwks_uri: `${at}/keys`,
    response_types_supported: ['code', 'id_token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
  };
}

/** The configuration that was printed, between the usual rest of one, as the server reads it. */
async function load(stdout: string) {
  const proposed: unknown = JSON.parse(stdout);
  const members =
    typeof proposed === 'object' && proposed !== null && 'configuration' in proposed
      ? proposed.configuration
      : {};
  const folder = ownFolder();
  writeFileSync(join(folder, 'client-key.json'), newClientKey('ES256', 'jwk'));
  const { cert, key } = await makeCertificate(['client']);
  writeFileSync(join(folder, 'client.crt'), cert);
  writeFileSync(join(folder, 'client.key'), key);
  const file = configFile({ ...workingConfig(), ...Object(members) }, folder);
  return loadConfig(file, { CLIENT_SECRET: 'a-secret-of-more-than-thirty-two-bytes' });
}

describe('a provider with all that is needed', () => {
  it('is said to work, with a configuration that the server starts with', async () => {
    const { exitCode, stdout, origin } = await examineProvider({}, { json: true });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ works: true });
    expect((await load(stdout)).providers).toEqual([
      {
        id: 'main',
        issuer: origin,
        clientId: 'the-client',
        clientSecret: 'a-secret-of-more-than-thirty-two-bytes',
        scopes: ['openid', 'profile', 'email', 'offline_access'],
      },
    ]);
  });

  it.each([
    'client_secret_post',
    'private_key_jwt',
    'client_secret_jwt',
    'tls_client_auth',
    'self_signed_tls_client_auth',
  ])(
    'gets a configuration for %s where that is all there is, and PAR where that is required',
    async (method) => {
      const { exitCode, stdout } = await examineProvider(
        {
          metadata: () => ({
            token_endpoint_auth_methods_supported: [method],
            require_pushed_authorization_requests: true,
          }),
        },
        { json: true },
      );
      expect(exitCode).toBe(0);
      expect((await load(stdout)).providers[0]).toMatchObject({
        clientAuthentication: method,
        pushedAuthorizationRequests: 'required',
      });
    },
  );

  it('of one tenant among many gets a configuration for that tenant', async () => {
    const tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47';
    const issuer = `https://login.microsoftonline.com/${tenant}/v2.0`;
    const keys = { keys: goodKeys.keys };
    const fetch: typeof globalThis.fetch = async (input) =>
      String(input).endsWith('/keys') ? Response.json(keys) : Response.json(entra(issuer), { status: 200 });
    const { exitCode, stdout } = await runDoctor(
      { issuer, profile: 'microsoft', clientId: 'the-client', json: true },
      { fetch, now: Date.now },
      (_colour, text) => text,
    );
    expect(exitCode).toBe(0);
    const [provider] = (await load(stdout)).providers;
    expect(provider).toMatchObject({ profile: 'microsoft', tenants: [tenant] });
    expect(provider).not.toHaveProperty('clientAuthentication');
  });

  it('is seen with the eyes of its profile', async () => {
    const { exitCode, stdout } = await examineProvider({}, { profile: 'google' });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^note +revocation .*every device/m);
    expect(stdout).toMatch(/^note +sign-out at the provider /m);
    expect(stdout).toMatch(/^ok +refresh +By a parameter/m);
    expect(stdout).not.toContain('"scopes"');
  });

  it('of OAuth alone (RFC 8414) gets a configuration with its endpoints', async () => {
    const { exitCode, stdout } = await examineProvider(
      {
        metadata: (origin) => ({ userinfo_endpoint: `${origin}/me` }),
        paths: { '/.well-known/openid-configuration': (response) => response.writeHead(404).end() },
      },
      { json: true, profile: 'oauth2' },
    );
    expect(exitCode).toBe(0);
    expect((await load(stdout)).providers[0]).toMatchObject({
      profile: 'oauth2',
      endpoints: { token: expect.stringMatching(/token$/), userInfo: expect.stringMatching(/me$/) },
    });
  });

  it('hears what it may do without', async () => {
    const { exitCode, stdout } = await examineProvider({
      metadata: () => ({
        revocation_endpoint: undefined,
        end_session_endpoint: undefined,
        pushed_authorization_request_endpoint: undefined,
        grant_types_supported: ['authorization_code'],
        scopes_supported: ['openid'],
        code_challenge_methods_supported: undefined,
        authorization_response_iss_parameter_supported: undefined,
        dpop_signing_alg_values_supported: undefined,
        backchannel_logout_supported: undefined,
      }),
    });
    expect(exitCode).toBe(0);
    for (const line of [
      /^note +iss parameter/m,
      /^note +PAR/m,
      /^warn +PKCE/m,
      /^warn +refresh/m,
      /^note +revocation/m,
      /^note +DPoP/m,
      /^note +sign-out at the provider/m,
      /^note +back-channel logout/m,
    ])
      expect(stdout).toMatch(line);
  });
});

describe('a provider that lacks something needed', () => {
  const table: readonly (readonly [string, string, Changes])[] = [
    ['another issuer', 'issuer', { metadata: (origin) => ({ issuer: `${origin}/` }) }],
    ['no issuer', 'issuer', { metadata: () => ({ issuer: undefined }) }],
    ['no code flow', 'code flow', { metadata: () => ({ response_types_supported: ['id_token'] }) }],
    ['plain PKCE alone', 'PKCE', { metadata: () => ({ code_challenge_methods_supported: ['plain'] }) }],
    [
      'PAR without an endpoint',
      'PAR',
      {
        metadata: () => ({
          require_pushed_authorization_requests: true,
          pushed_authorization_request_endpoint: undefined,
        }),
      },
    ],
    [
      'public clients alone',
      'client authentication',
      {
        metadata: () => ({ token_endpoint_auth_methods_supported: ['none'] }),
      },
    ],
    ['no token endpoint', 'endpoints', { metadata: () => ({ token_endpoint: undefined }) }],
    [
      'an endpoint by http',
      'endpoints',
      {
        metadata: () => ({ token_endpoint: 'http://provider.example/token' }),
      },
    ],
    [
      'a token endpoint that is not there',
      'token endpoint',
      {
        metadata: (origin) => ({ token_endpoint: `${origin}/nowhere` }),
      },
    ],
    [
      'symmetric ID tokens',
      'ID tokens',
      {
        metadata: () => ({ id_token_signing_alg_values_supported: ['HS256', 'none'] }),
      },
    ],
    [
      'keys of another type',
      'signing keys',
      {
        metadata: () => ({ id_token_signing_alg_values_supported: ['ES256'] }),
      },
    ],
    ['no keys', 'signing keys', { keys: { keys: [] } }],
    [
      'a private key for everybody',
      'signing keys',
      {
        keys: { keys: [...goodKeys.keys, { ...goodKeys.keys[0], kid: 'two', d: 'AQAB' }] },
      },
    ],
    ['no key set', 'signing keys', { metadata: () => ({ jwks_uri: undefined }) }],
  ];
  it.each(table)('%s', async (_name, subject, changes) => {
    const { exitCode, stdout } = await examineProvider(changes);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(new RegExp(`^fail +${subject} `, 'm'));
    expect(stdout).not.toContain('"providers"');
  });

  it('OAuth metadata alone (RFC 8414)', async () => {
    const { exitCode, stdout } = await examineProvider({
      paths: {
        '/.well-known/openid-configuration': (response) => response.writeHead(404).end(),
        '/.well-known/oauth-authorization-server': (response) =>
          response.end(JSON.stringify({ issuer: 'https://as.example' })),
      },
    });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^fail +code flow .*RFC 8414/m);
  });

  it('a clock that is ten minutes off', async () => {
    const provider = await startProvider();
    const { exitCode, stdout } = await runDoctor(
      { issuer: provider.origin, profile: 'oidc' },
      { fetch: globalThis.fetch, now: () => Date.now() - 600_000 },
      (_colour, text) => text,
    );
    await provider.close();
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^fail +clock .*600 s behind|599 s behind|601 s behind/m);
  });
});

describe('the command', () => {
  it('prints to stdout without colours, and ends with 0', async () => {
    const provider = await startProvider();
    const { code, stdout, stderr } = await run(['doctor', '--issuer', provider.origin]);
    await provider.close();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('<publicUrl>/bff/callback/main');
    expect(stdout).not.toContain('\u001b');
  });

  it('ends with 2 where it was called wrongly', async () => {
    const { code, stdout, stderr } = await run(['doctor', '--profile', 'unheard-of']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Allowed choices are oidc,');
  });

  it.each([
    [{ issuer: 'no URL' }, '--issuer is no https URL'],
    [{ issuer: 'ftp://as.example' }, '--issuer is no https URL'],
    [{ issuer: 'https://as.example/?tenant=1' }, '--issuer has a query'],
    [{ profile: 'github' }, 'no OpenID Provider'],
    [{}, '--issuer is missing'],
    [{ issuer: 'https://as.example' }, 'cannot be reached: ECONNREFUSED'],
  ] as const)('ends with 2 and a word on stderr: %o', async (options, word) => {
    const fetch: typeof globalThis.fetch = async () => {
      throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    };
    const surroundings = { fetch, now: Date.now };
    const result = await runDoctor({ profile: 'oidc', ...options }, surroundings, (_, text) => text);
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toContain(word);
  });
});
