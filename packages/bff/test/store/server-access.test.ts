import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSession, sampleSession } from '../../src/store/contract/subject.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { temporaryFolders } from './folder.ts';
import { type Certificates, makeCertificates } from './servers/certificates.ts';
import { giveAway, startPostgres } from './servers/postgres.ts';
import type { Program } from './servers/program.ts';
import { startRedis } from './servers/redis.ts';

const newFolder = temporaryFolders();
const password = 'p@ss:w/rd#1? %';
const escaped = encodeURIComponent(password);

/** A server that wants TLS and a password, and how a URL says what. */
interface Access {
  readonly program: Program;
  /** With its user's name, if it needs one. */
  url(
    secret: string | undefined,
    path: string,
    parameters: Readonly<Record<string, string>>,
    host?: string,
  ): string;
  readonly caParameter: string;
  readonly passwordVariable: string;
  readonly absentDatabase: string;
}

async function redisAccess({ ca, cert, key }: Certificates): Promise<Access> {
  const tls = [
    '--tls-cert-file',
    cert,
    '--tls-key-file',
    key,
    '--tls-ca-cert-file',
    ca,
    '--tls-auth-clients',
    'no',
  ];
  const program = await startRedis(newFolder(), [...tls, '--requirepass', password]);
  return {
    program,
    url: (secret, path, parameters, host = '127.0.0.1') =>
      `rediss://${secret === undefined ? '' : `:${secret}@`}${host}:${program.port}/${path}?${new URLSearchParams({ timeout: '10000', ...parameters })}`,
    caParameter: 'ca',
    passwordVariable: 'REDIS_PASSWORD',
    absentDatabase: '99',
  };
}

async function postgresAccess({ cert, key }: Certificates, folder: string): Promise<Access> {
  giveAway(folder, cert, key);
  const program = await startPostgres(newFolder(), { ssl: 'on', ssl_cert_file: cert, ssl_key_file: key });
  await program.query(`CREATE ROLE app LOGIN PASSWORD '${password}'`);
  await program.query('CREATE DATABASE app OWNER app');
  return {
    program,
    url: (secret, path, parameters, host = '127.0.0.1') => {
      const all = new URLSearchParams({ sslmode: 'require', timeout: '10000', ...parameters });
      return `postgres://app${secret === undefined ? '' : `:${secret}`}@${host}:${program.port}/${path || 'app'}?${all}`;
    },
    caParameter: 'sslrootcert',
    passwordVariable: 'PGPASSWORD',
    absentDatabase: 'nowhere',
  };
}

const kinds = [
  { name: 'Redis', start: redisAccess },
  { name: 'PostgreSQL', start: postgresAccess },
];

describe.each(kinds)('the way to a $name store', ({ start }) => {
  let access: Access;
  let ca: Record<string, string>;
  beforeAll(async () => {
    const folder = newFolder();
    const certificates = await makeCertificates(folder);
    access = await start(certificates, folder);
    ca = { [access.caParameter]: certificates.ca };
  });
  afterAll(() => access.program.end());

  async function expectWorks(opening: Promise<Store>): Promise<void> {
    const store = await opening;
    await store.sessions.create(sampleSession('a'));
    await expectSession(store, sampleSession('a'));
    await store.close();
  }

  /** What it says, with all that an error logger could print of it, and no secret in that. */
  async function refusal(opening: Promise<Store>): Promise<string> {
    const error: unknown = await opening.then(
      () => expect.unreachable('it was opened'),
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: 'StoreError', code: 'store_unavailable' });
    const printed = inspect(error, { depth: 9, showHidden: true });
    for (const secret of [password, escaped, 'not-it']) expect(printed).not.toContain(secret);
    return error instanceof Error ? error.message : '';
  }

  test('takes a password from the URL and an authority from a file', async () => {
    await expectWorks(openStore(access.url(escaped, '', ca), { env: {} }));
  });

  test('takes the password from the environment', async () => {
    const env = { [access.passwordVariable]: password };
    await expectWorks(openStore(access.url(undefined, '', ca), { env }));
  });

  test('is refused with a wrong password, and the error does not tell it', async () => {
    expect(await refusal(openStore(access.url('not-it', '', ca), { env: {} }))).toMatch(
      /refuses the user name or password/,
    );
  });

  test('is refused without a password', async () => {
    expect(await refusal(openStore(access.url(undefined, '', ca), { env: {} }))).toMatch(
      /asks for a password/,
    );
  });

  test('is not taken to a server whose authority nobody knows', async () => {
    expect(await refusal(openStore(access.url(escaped, '', {}), { env: {} }))).toMatch(/certificate/);
  });

  test('is not taken to a server whose certificate names another host', async () => {
    expect(await refusal(openStore(access.url(escaped, '', ca, 'localhost'), { env: {} }))).toMatch(
      /certificate|altnames/,
    );
  });

  test('is refused where the file of the authority is missing', async () => {
    const missing = { [access.caParameter]: '/nowhere/ca.pem' };
    expect(await refusal(openStore(access.url(escaped, '', missing), { env: {} }))).toMatch(
      /store\.url.*\/nowhere\/ca\.pem/,
    );
  });

  test('is refused where there is no such database', async () => {
    const opening = openStore(access.url(escaped, access.absentDatabase, ca), { env: {} });
    await expect(opening).rejects.toMatchObject({ name: 'StoreError' });
    await expect(opening).rejects.toThrow(/database/);
  });
});

test('a Redis URL without TLS does not reach a server that wants it', async () => {
  const { ca, cert, key } = await makeCertificates(newFolder());
  const tls = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', ca];
  const program = await startRedis(newFolder(), tls);
  await expect(openStore(program.url, { env: {} })).rejects.toMatchObject({ code: 'store_unavailable' });
  await program.end();
});

test('a PostgreSQL URL with TLS does not reach a server without it, and none is used in its place', async () => {
  const program = await startPostgres(newFolder());
  for (const sslmode of ['require', 'verify-full', 'no-verify']) {
    const opening = openStore(`${program.url}?sslmode=${sslmode}&timeout=10000`, { env: {} });
    await expect(opening).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(opening).rejects.toThrow(/does not support SSL/);
  }
  for (const sslmode of ['prefer', 'allow']) {
    const opening = openStore(`${program.url}?sslmode=${sslmode}&timeout=10000`, { env: {} });
    await expect(opening).rejects.toMatchObject({ code: 'store_incompatible' });
  }
  await program.end();
});
