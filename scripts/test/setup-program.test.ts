import { expect, test } from 'vitest';
import { findProgram, type Programs } from '../setup/program.ts';
import { postgresServer, redisServer } from '../setup/servers.ts';

/** A machine with these programs, by path, and what each says for `--version`. */
function machine(files: Readonly<Record<string, string>>, PATH = '/usr/bin'): Programs {
  return {
    env: { PATH },
    exists: (file) => file in files,
    namesIn: (folder) => [
      ...new Set(
        Object.keys(files)
          .filter((file) => file.startsWith(`${folder}/`))
          .map((file) => file.slice(folder.length + 1).split('/')[0] ?? ''),
      ),
    ],
    version: (file) => files[file] || undefined,
  };
}

const redis = (version: string) => `Redis server v=${version} sha=00000000:0 malloc=jemalloc`;
const postgres = (version: string) => `postgres (PostgreSQL) ${version} (Debian)`;

test('a server is found in PATH, with its version', () => {
  expect(
    findProgram(redisServer, machine({ '/opt/bin/redis-server': redis('7.0.15') }, '/bin:/opt/bin')),
  ).toEqual({
    kind: 'found',
    what: '/opt/bin/redis-server (7)',
  });
});

test('one that is too old or does not start is passed over', () => {
  const old = { '/usr/bin/redis-server': redis('5.0.3') };
  expect(findProgram(redisServer, machine(old))).toEqual({
    kind: 'missing',
    reason: '/usr/bin/redis-server is version 5, 6 is needed',
  });
  expect(
    findProgram(redisServer, machine({ ...old, '/usr/local/bin/redis-server': redis('8.2.1') })),
  ).toMatchObject({
    what: '/usr/local/bin/redis-server (8)',
  });
  expect(findProgram(redisServer, machine({ '/usr/bin/redis-server': '' }))).toMatchObject({
    reason: '/usr/bin/redis-server does not start',
  });
});

test('the newest of several PostgreSQL servers is taken, if it has its initdb', () => {
  const files = {
    '/usr/lib/postgresql/9/bin/postgres': postgres('9.6'),
    '/usr/lib/postgresql/9/bin/initdb': '',
    '/usr/lib/postgresql/15/bin/postgres': postgres('15.18'),
    '/usr/lib/postgresql/15/bin/initdb': '',
    '/usr/lib/postgresql/17/bin/postgres': postgres('17.2'),
  };
  expect(findProgram(postgresServer, machine(files))).toEqual({
    kind: 'found',
    what: '/usr/lib/postgresql/15/bin/postgres (15)',
  });
});

test('what is nowhere is missing', () => {
  expect(findProgram(postgresServer, machine({}))).toEqual({ kind: 'missing', reason: 'no postgres here' });
});
