import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { freePort } from '@coatcheck/conformance/network';
import { exportJWK, generateKeyPair } from 'jose';
import { findProgram } from '../../../scripts/setup/program.ts';
import { glewlwydSchema, glewlwyd as wanted } from '../../../scripts/setup/servers.ts';
import { startProgram } from '../program.ts';
import type { Place, RealServer, ServerKind } from '../server.ts';
import { introspects, revokes } from '../token-state.ts';
import { openAdministration, plugin } from './administration.ts';
import { glewlwydPerson } from './person.ts';

/** Where Glewlwyd is on this machine; undefined where it is not. */
export function findGlewlwyd(): string | undefined {
  const found = findProgram(wanted);
  return found.kind === 'found' ? found.what.replace(/ \(\d+\)$/, '') : undefined;
}

const tokenLife = 3;

/** Glewlwyd by Nicolas Mora: an OpenID Provider in C, from Debian. */
export const glewlwyd: ServerKind = {
  name: 'Glewlwyd',
  offers: {
    refresh: 'rotates',
    accessToken: 'jwt',
    idTokenAlg: 'RS256',
    par: true,
    iss: false,
    dpop: false,
    revocation: true,
    // It answers 400 without a body.
    saysInvalidGrant: false,
    rpInitiatedLogout: true,
    backchannelLogout: 'by-subject',
    frontchannelLogout: false,
    keyRotation: true,
  },
  // ID tokens live as long, so that the BFF's clock must be that of the server.
  accessTokenLife: tokenLife,
  issuer: (origin) => `${origin}/api/${plugin}`,
  // Without the hint its end_session answers with an empty page and ends nothing.
  provider: {
    scopes: ['openid'],
    config: {
      // Its logout tokens are those of draft 06, without `exp`.
      logout: { hint: 'id_token_hint', acceptTokensWithoutExp: true },
      // It compares a secret in Basic as it came, form-encoded (RFC 6749 §2.3.1) or not.
      clientAuthentication: 'client_secret_post',
    },
  },
  start,
};

async function start({ origin, client }: Place): Promise<RealServer> {
  const program = findGlewlwyd();
  if (program === undefined) throw new Error('Glewlwyd is not on this machine: run `pnpm setup`.');
  const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-glewlwyd-'));
  const database = path.join(folder, 'glewlwyd.db');
  makeDatabase(database, await readFile(glewlwydSchema, 'utf8'));
  const port = await freePort();
  const configuration = path.join(folder, 'glewlwyd.conf');
  await writeFile(configuration, configurationFile({ port, origin, database }));
  const running = await startProgram(
    program,
    [`--config-file=${configuration}`],
    `http://127.0.0.1:${port}/api/auth/`,
  );
  const issuer = glewlwyd.issuer(origin);
  const administration = await openAdministration(`http://127.0.0.1:${port}`);
  await administration.setUp(issuer, client, await newKeys('first'), tokenLife);
  const endpoint = (name: string) => `http://127.0.0.1:${port}/api/${plugin}/${name}`;
  return {
    version: spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.trim(),
    port,
    person: () => glewlwydPerson(origin, client.id),
    isLive: (token) => introspects(endpoint('introspect'), token, client),
    revoke: (token) => revokes(endpoint('revoke'), token, client),
    rotateKeys: async () => administration.setKeys(await newKeys('second')),
    log: running.log,
    async close() {
      await running.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function makeDatabase(file: string, schema: string): void {
  const database = new DatabaseSync(file);
  database.exec(schema);
  database.close();
}

async function newKeys(kid: string): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return JSON.stringify({ keys: [{ ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' }] });
}

function configurationFile(place: { port: number; origin: string; database: string }): string {
  const modules = '/usr/lib/glewlwyd';
  return [
    `port=${place.port}`,
    'bind_address="127.0.0.1"',
    `external_url="${place.origin}"`,
    'login_url="login.html"',
    'api_prefix="api"',
    'log_mode="console"',
    'log_level="DEBUG"',
    'cookie_secure=0',
    'session_key="GLEWLWYD2_SESSION_ID"',
    'admin_scope="g_admin"',
    'profile_scope="g_profile"',
    `user_module_path="${modules}/user"`,
    `client_module_path="${modules}/client"`,
    `user_auth_scheme_module_path="${modules}/scheme"`,
    `plugin_module_path="${modules}/plugin"`,
    'hash_algorithm="SHA512"',
    `database = { type = "sqlite3"; path = "${place.database}"; };`,
    '',
  ].join('\n');
}
