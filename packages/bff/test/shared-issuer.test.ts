import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { ConfigError } from '../src/options/problems.ts';
import { parseOptions } from '../src/options/settings.ts';

const server = (path: string) => ({
  authorization: `https://gateway.example/${path}/authorize`,
  token: `https://gateway.example/${path}/token`,
  userInfo: `https://gateway.example/${path}/me`,
});

function problemsOf(...providers: Record<string, unknown>[]): string[] {
  try {
    parseOptions({
      publicUrl: 'https://app.example',
      keys: [randomBytes(32).toString('base64url')],
      store: { url: 'memory:' },
      providers: providers.map((one, index) => ({
        id: `p${index}`,
        clientId: 'client',
        clientSecret: 'secret',
        ...one,
      })),
    });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((one) => `${one.key} ${one.problem} ${one.fix}`);
  }
}

const one = { profile: 'oauth2', endpoints: server('one') };
const two = { profile: 'oauth2', endpoints: server('two') };

it('BFF-SESS-10: two servers on one origin are told apart by names that the operator writes', () => {
  expect(problemsOf(one, two)).toEqual([
    'providers[1].issuer is missing, and would be "https://gateway.example", as that of providers[0] is. ' +
      'Write a stable name for this server, a URL of its own; the same one only if it is the same server.',
  ]);
  expect(problemsOf(one, { ...two, issuer: 'https://gateway.example/two' })).toEqual([]);
  // Two clients of one server.
  const issuer = 'https://gateway.example';
  expect(problemsOf({ ...one, issuer }, { ...one, issuer })).toEqual([]);
});

it('BFF-SESS-10: nor does a name that follows from the endpoints meet one that was written, or of another profile', () => {
  expect(problemsOf(one, { issuer: 'https://gateway.example' })).toHaveLength(1);
  expect(problemsOf(one, { profile: 'github', endpoints: { web: 'https://gateway.example/' } })).toHaveLength(
    1,
  );
});

it('two clients of one known provider are fine', () => {
  expect(problemsOf({ profile: 'github' }, { profile: 'github' })).toEqual([]);
  expect(problemsOf({ profile: 'google' }, { profile: 'google' })).toEqual([]);
  expect(problemsOf({ issuer: 'https://id.example' }, { issuer: 'https://id.example' })).toEqual([]);
});

it('says nothing more of what is wrong already', () => {
  expect(
    problemsOf({ profile: 'oauth2' }, { profile: 'oauth2' }).filter((text) => text.includes('.issuer')),
  ).toEqual([]);
});
