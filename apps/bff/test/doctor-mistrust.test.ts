import { describe, expect, it } from 'vitest';
import { runDoctor } from '../src/doctor/doctor.ts';
import { discovery, examineProvider, sendJson } from './doctor-provider.ts';

const hostile = '\u001b[2J\u001b]0;owned\u0007\u202e\u0085\r\nok  everything is fine';
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const raw = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

describe('what a provider sends is not trusted', () => {
  it('reads no more than a part of 100 MB', async () => {
    let sent = 0;
    const part = Buffer.alloc(65_536, ' ');
    const { exitCode, stdout } = await examineProvider({
      paths: {
        [discovery]: (response) => {
          const more = () => {
            while (!response.destroyed && sent < 100_000_000) {
              sent += part.length;
              if (!response.write(part)) return void response.once('drain', more);
            }
            response.end();
          };
          more();
        },
      },
    });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('more than 1048576 bytes');
    expect(sent).toBeLessThan(20_000_000);
  });

  it('follows no redirect', async () => {
    const { exitCode, stdout, asked } = await examineProvider({
      paths: {
        [discovery]: (response) => response.writeHead(302, { location: '/elsewhere' }).end(),
      },
    });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('redirects to /elsewhere (302)');
    expect(asked).not.toContain('GET /elsewhere');
  });

  it.each([
    ['lists that are texts', { response_types_supported: 'code', scopes_supported: 7 }],
    ['texts that are objects', { token_endpoint: {}, jwks_uri: [], issuer: 1 }],
    ['lists of mixed types', { id_token_signing_alg_values_supported: ['RS256', null, {}] }],
    ['flags that are texts', { authorization_response_iss_parameter_supported: 'yes' }],
  ])('%s are told, and stop nothing', async (_name, members) => {
    const { exitCode, stdout } = await examineProvider({ metadata: () => members });
    expect([0, 1]).toContain(exitCode);
    for (const name of Object.keys(members))
      expect(stdout).toMatch(new RegExp(`^warn +metadata .*${name}`, 'm'));
  });

  it.each(['[]', 'null', '"text"', '{', '', '[['.repeat(100_000)])('%.20s is no metadata', async (body) => {
    const { exitCode, stdout } = await examineProvider({
      paths: { [discovery]: (response) => response.end(body) },
    });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^fail +metadata /m);
  });

  it.each([
    ['issuer', { issuer: hostile }],
    ['algorithms', { id_token_signing_alg_values_supported: [hostile] }],
    ['response types', { response_types_supported: [hostile] }],
    [
      'methods',
      { token_endpoint_auth_methods_supported: [hostile], code_challenge_methods_supported: [hostile] },
    ],
    ['endpoints', { token_endpoint: hostile, authorization_endpoint: `http://a.example/${hostile}` }],
    ['proof algorithms', { dpop_signing_alg_values_supported: [hostile] }],
  ])('control characters in %s are never printed', async (_name, members) => {
    for (const json of [false, true]) {
      const { stdout } = await examineProvider({ metadata: () => members }, { json });
      expect(stdout).not.toMatch(raw);
      expect(stdout).not.toMatch(/^ok {2}everything/m);
    }
  });

  it('control characters in endpoints that are proposed are never printed', async () => {
    const { exitCode, stdout } = await examineProvider(
      { metadata: (origin) => ({ userinfo_endpoint: `${origin}/\u202e\u0085${hostile}` }) },
      { profile: 'oauth2' },
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain('"userInfo"');
    expect(stdout).not.toMatch(raw);
  });

  it('control characters in a key set or a redirect are never printed', async () => {
    const { stdout } = await examineProvider({
      keys: { keys: [{ kty: hostile, kid: hostile }] },
      paths: {
        '/token': (response) => sendJson(response.setHeader('location', '/\u00852J'), 302, {}),
      },
    });
    expect(stdout).not.toMatch(raw);
  });

  it('a document from elsewhere sends nobody to a service of this machine', async () => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = async (input) => {
      asked.push(String(input));
      return Response.json({
        issuer: 'https://as.example',
        token_endpoint: 'http://127.0.0.1:6379/',
        jwks_uri: 'https://localhost/admin',
        authorization_endpoint: 'https://as.example/authorize',
      });
    };
    const surroundings = { fetch, now: Date.now };
    await runDoctor({ issuer: 'https://as.example', profile: 'oidc' }, surroundings, (_, text) => text);
    expect(asked).toEqual(['https://as.example/.well-known/openid-configuration']);
  });
});
