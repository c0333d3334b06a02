import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startIdp } from '../src/app.ts';
import { openDatabase } from '../src/store/database.ts';
import { startSweep } from '../src/store/sweep.ts';
import { Browser } from './browser.ts';
import {
  authorizationRequest,
  authorizationUrl,
  readJwt,
  refresh,
  signIn,
  tokensOf,
} from './relying-party.ts';
import { start, temporaryDirectory, testOptions } from './start.ts';

describe('what is kept', () => {
  test('sessions, grants, keys and consents survive a restart', async () => {
    const dataDirectory = await temporaryDirectory();
    const before = await startIdp(await testOptions({ dataDirectory }));
    const browser = new Browser();
    const tokens = await signIn(before, {}, { browser });
    const port = Number(new URL(before.issuer).port);
    await before.close();

    const after = await start({ dataDirectory, port });
    expect(after.clientSecret).toBe(before.clientSecret);
    expect((await readJwt(after, tokens.id_token)).claims.sub).toEqual(expect.any(String));
    const silent = await browser.open(
      authorizationUrl(after, authorizationRequest(after, { prompt: 'none' })),
    );
    expect(new URL(silent.url).searchParams.has('code')).toBe(true);
    expect(tokensOf(await refresh(after, tokens.refresh_token)).access_token).toEqual(expect.any(String));
  });

  test('is readable by its owner only, and looser modes are corrected', async () => {
    const dataDirectory = await temporaryDirectory();
    const first = await startIdp(await testOptions({ dataDirectory }));
    await first.close();
    const directory = join(dataDirectory, 'idp');
    await chmod(join(directory, 'keys.json'), 0o644);
    await chmod(directory, 0o755);
    const idp = await start({ dataDirectory });
    await signIn(idp);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    const files = await readdir(directory);
    expect(files.sort()).toEqual([
      'client-secret',
      'keys.json',
      'state.sqlite',
      'state.sqlite-shm',
      'state.sqlite-wal',
    ]);
    for (const file of files) expect((await stat(join(directory, file))).mode & 0o777, file).toBe(0o600);
    expect((await readFile(join(directory, 'client-secret'), 'utf8')).trim()).toBe(idp.clientSecret);
  });

  test('is swept of what has expired, however much it is, and of nothing else', async () => {
    const database = openDatabase(await temporaryDirectory());
    onTestFinished(() => database.close());
    const insert = database.prepare(
      "INSERT INTO records (model, id, payload, expires_at) VALUES ('Session', ?, '{}', ?)",
    );
    for (let id = 0; id < 350; id++) insert.run(`old-${id}`, 1_000);
    insert.run('lives', 2_000);
    onTestFinished(startSweep(database, () => 1_500_000));
    const count = () => database.prepare('SELECT count(*) AS rows FROM records').get()?.rows;
    expect(count()).toBe(251);
    await expect.poll(count).toBe(1);
  });
});

describe('a start that cannot succeed says why in one line', () => {
  test('a taken port', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      holder.close();
    });
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const options = await testOptions({ port });
    await expect(startIdp(options)).rejects.toThrow(`IDP_PORT: ${port} is taken`);
    holder.close();
    const again = await start({ ...options, dataDirectory: options.dataDirectory });
    expect(again.issuer).toContain(String(port));
  });

  test('a data directory that is a file', async () => {
    const file = join(await temporaryDirectory(), 'file');
    await writeFile(file, '');
    await expect(startIdp(await testOptions({ dataDirectory: file }))).rejects.toThrow(
      /^DATA_DIR: cannot use .*DATA_DIR/,
    );
  });

  test.each(['keys.json', 'client-secret'])('a damaged %s', async (name) => {
    const dataDirectory = await temporaryDirectory();
    await (await startIdp(await testOptions({ dataDirectory }))).close();
    await writeFile(join(dataDirectory, 'idp', name), '{');
    await expect(startIdp(await testOptions({ dataDirectory }))).rejects.toThrow(
      `${name} is damaged: delete it`,
    );
  });

  test('a database that is none', async () => {
    const dataDirectory = await temporaryDirectory();
    await (await startIdp(await testOptions({ dataDirectory }))).close();
    await writeFile(
      join(dataDirectory, 'idp', 'state.sqlite'),
      'not a database, but long enough to look like one'.repeat(99),
    );
    await expect(startIdp(await testOptions({ dataDirectory }))).rejects.toThrow('file is not a database');
  });
});

test('expiry, grants and sessions are looked up by index', async () => {
  const directory = await temporaryDirectory();
  openDatabase(directory).close();
  const database = new DatabaseSync(join(directory, 'state.sqlite'));
  onTestFinished(() => database.close());
  const plan = (sql: string) => JSON.stringify(database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all());
  expect(plan('SELECT 1 FROM records WHERE expires_at < 5 LIMIT 100')).toContain('records_by_expiry');
  expect(plan("DELETE FROM records WHERE model = 'RefreshToken' AND grant_id = 'g'")).toContain(
    'records_by_grant',
  );
  expect(plan("SELECT payload FROM records WHERE model = 'Session' AND uid = 'u'")).toContain(
    'records_by_uid',
  );
  expect(plan("SELECT payload FROM records WHERE model = 'DeviceCode' AND user_code = 'c'")).toContain(
    'records_by_user_code',
  );
});
