import { aptInstaller } from './apt.ts';
import type { Component } from './component.ts';
import { findProgram, type Wanted } from './program.ts';

/** Starts Redis in the tests of the Redis store. */
export const redisServer: Wanted = {
  name: 'redis-server',
  folders: ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'],
  version: /\bv=(\d+)\./,
  leastVersion: 6,
};

/** Starts PostgreSQL in the tests of the PostgreSQL store, on data that `initdb` makes. */
export const postgresServer: Wanted = {
  name: 'postgres',
  beside: ['initdb'],
  folders: [
    '/usr/lib/postgresql/*/bin',
    '/usr/pgsql-*/bin',
    '/opt/homebrew/opt/postgresql@*/bin',
    '/usr/local/bin',
  ],
  version: /\(PostgreSQL\) (\d+)/,
  leastVersion: 13,
};

export const redisComponent: Component = {
  name: 'Redis',
  find: () => findProgram(redisServer),
  installers: [aptInstaller('redis-server')],
  byHand: byHand('redis-server', 'redis', 'redis-server'),
};

export const postgresComponent: Component = {
  name: 'PostgreSQL',
  find: () => findProgram(postgresServer),
  installers: [aptInstaller('postgresql')],
  byHand: byHand('postgresql', 'postgresql@17', 'postgres and initdb'),
};

/** An OpenID Provider in C, for the interop tests. */
export const glewlwyd: Wanted = {
  name: 'glewlwyd',
  folders: ['/usr/bin', '/usr/local/bin'],
  version: /^(?:Version )?(\d+)\./m,
  leastVersion: 2,
};

/** Where its package keeps what makes an empty database of it. */
export const glewlwydSchema = '/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3';

export const glewlwydComponent: Component = {
  name: 'Glewlwyd',
  find: () => findProgram(glewlwyd),
  // Not configured: its service would listen on every address, with a password that everybody knows.
  installers: [
    aptInstaller(
      'glewlwyd dbconfig-no-thanks',
      undefined,
      'glewlwyd glewlwyd/config_type select No configuration',
    ),
  ],
  byHand:
    'nothing, unless you change how providers are spoken to: its interop tests are skipped. It is in Debian and Ubuntu (sudo apt-get install glewlwyd dbconfig-no-thanks, and say "No configuration").',
};

/** The tests need the programs only; a service that a package starts beside them can be stopped. */
function byHand(debian: string, homebrew: string, programs: string): string {
  return `install it (Debian: sudo apt-get install ${debian}; macOS: brew install ${homebrew}), so that ${programs} can be found; it need not run.`;
}
