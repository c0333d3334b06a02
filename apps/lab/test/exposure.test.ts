import { expect, test } from 'vitest';
import { attackerOrigin, readEnvironment, weakOrigin } from '../src/environment.ts';

const meant = { LAB_I_KNOW_THIS_IS_WEAK: '1' };

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  const read = readEnvironment(environment);
  return read.kind === 'invalid' ? read.problems : [];
}

test('it runs where somebody says that they mean it, and never by itself', () => {
  expect(problemsOf({})).toEqual([expect.stringContaining('LAB_I_KNOW_THIS_IS_WEAK')]);
  expect(problemsOf({ LAB_I_KNOW_THIS_IS_WEAK: 'yes' })).toHaveLength(1);
  expect(readEnvironment(meant).kind).toBe('valid');
});

test('it never runs in production', () => {
  expect(problemsOf({ ...meant, NODE_ENV: 'production' })).toEqual([expect.stringContaining('production')]);
});

test.each([
  ['LAB_ISSUER', 'https://login.example.com'],
  ['LAB_API', 'http://10.0.0.7:9300'],
  ['PUBLIC_URL', 'https://localhost.example.com'],
  ['PUBLIC_URL', 'not a URL'],
])('%s=%s is not on this machine, and refused', (name, url) => {
  expect(problemsOf({ ...meant, [name]: url })).toEqual([expect.stringContaining(name)]);
});

test('all problems come at once', () => {
  const problems = problemsOf({ LAB_PORT: '0', LAB_ATTACKER_PORT: 'x', LAB_API: 'http://example.com' });
  expect(problems.map((problem) => problem.split(':')[0])).toEqual([
    'LAB_I_KNOW_THIS_IS_WEAK',
    'LAB_API',
    'LAB_PORT',
    'LAB_ATTACKER_PORT',
  ]);
});

test('the weak app and the attacker are two sites, and neither is the app', () => {
  const read = readEnvironment({ ...meant, PUBLIC_URL: 'https://localhost:3000' });
  if (read.kind !== 'valid') throw new Error(read.problems.join());
  const hosts = [weakOrigin(read.settings), attackerOrigin(read.settings), read.settings.app].map(
    (origin) => new URL(origin).hostname,
  );
  expect(hosts).toEqual(['127.0.0.1', 'attacker.localhost', 'localhost']);
});
