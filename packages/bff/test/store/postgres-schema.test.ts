import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  expectEnded,
  expectSession,
  now,
  record,
  sampleSession,
  sampleTombstone,
} from '../../src/store/contract/subject.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { temporaryFolders, waitUntil } from './folder.ts';
import { type PostgresProgram, startPostgres } from './servers/postgres.ts';

const newFolder = temporaryFolders();
const day = 86_400_000;
const unavailable = { name: 'StoreError', code: 'store_unavailable' };
const incompatible = { name: 'StoreError', code: 'store_incompatible' };

let server: PostgresProgram;
const open: Store[] = [];
let schemas = 0;

beforeAll(async () => {
  server = await startPostgres(newFolder());
});
afterAll(() => server.end());
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

function newSchema(): string {
  schemas += 1;
  return `s${schemas}`;
}

/** With a long timeout, where time is not what a test is about: the machine has other work. */
async function opened(schema: string, url = server.url, timeout = 10_000): Promise<Store> {
  const store = await openStore(`${url}?schema=${schema}&timeout=${timeout}`, { env: {} });
  open.push(store);
  return store;
}

/** The URL for a role that may log in and nothing else. */
async function newRole(name: string): Promise<string> {
  await server.query(`CREATE ROLE ${name} LOGIN PASSWORD 'pw'`);
  return `postgres://${name}:pw@127.0.0.1:${server.port}/postgres`;
}

const succeeds = (promise: Promise<unknown>) =>
  promise.then(
    () => true,
    () => false,
  );

const relationsIn = (schema: string) =>
  server.query(
    `SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = '${schema}' ORDER BY 1`,
  );

describe('the schema of a PostgreSQL store', () => {
  test('is refused, and not touched, when another program has it', async () => {
    await server.query('CREATE SCHEMA theirs');
    await server.query('CREATE TABLE theirs.notes (id integer)');
    await expect(opened('theirs')).rejects.toMatchObject(incompatible);
    await expect(opened('theirs')).rejects.toThrow(/another program.*"schema"/);
    expect(await relationsIn('theirs')).toEqual([{ relname: 'notes' }]);
  });

  test('is refused, and not touched, when a newer version wrote it', async () => {
    const schema = newSchema();
    await (await opened(schema)).sessions.create(sampleSession('a'));
    await server.query(`UPDATE ${schema}.coatcheck_schema SET version = 99`);
    const before = await relationsIn(schema);
    await expect(opened(schema)).rejects.toMatchObject(incompatible);
    await expect(opened(schema)).rejects.toThrow(/newer Coatcheck/);
    expect(await relationsIn(schema)).toEqual(before);
  });

  test('may be there already, empty', async () => {
    const schema = newSchema();
    await server.query(`CREATE SCHEMA ${schema}`);
    await (await opened(schema)).ping();
  });

  test('is made by a role that may make it, and used by one that may only use it', async () => {
    const schema = newSchema();
    const owner = await newRole('owner');
    await expect(opened(schema, owner)).rejects.toMatchObject(unavailable);
    await expect(opened(schema, owner)).rejects.toThrow(/may not use or create/);
    expect(await relationsIn(schema)).toEqual([]);
    await server.query('GRANT CREATE ON DATABASE postgres TO owner');
    await opened(schema, owner);

    const user = await newRole('app');
    await expect(opened(schema, user)).rejects.toMatchObject(unavailable);
    // As docs/stores.md has them.
    await server.query(`GRANT USAGE ON SCHEMA ${schema} TO app`);
    await server.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO app`);
    await server.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO app`);
    const store = await opened(schema, user);
    await store.sessions.create(sampleSession('a'));
    await store.sessions.end(sampleTombstone('a'));
    await store.once.claim('state', now, now + 1);
    expect(await store.leases.acquire('grant', 'holder', now, now + 1)).toMatchObject({ acquired: true });
    await store.sweep(now + 2 * day, 100, day);
    await store.ping();
  });

  test('keeps everything over a restart of the server', async () => {
    const schema = newSchema();
    const store = await opened(schema);
    await store.sessions.create(sampleSession('a'));
    await store.sessions.create(sampleSession('b'));
    await store.sessions.end(sampleTombstone('b'));
    await server.end();
    server = await server.again();
    const next = await opened(schema);
    await expectSession(next, sampleSession('a'));
    await expectEnded(next, sampleTombstone('b'));
  });
});

describe('a PostgreSQL store', () => {
  test('touches no index when a session is used', async () => {
    const schema = newSchema();
    const store = await opened(schema);
    await store.sessions.create(sampleSession('a'));
    for (let use = 1; use <= 50; use += 1) await store.sessions.touch('a', now + use, now + day + use);
    // Its connections report what they counted when they end.
    await store.close();
    const counts = async () => {
      const [row] = await server.query(
        `SELECT n_tup_upd::int AS all, n_tup_hot_upd::int AS hot FROM pg_stat_user_tables
         WHERE schemaname = '${schema}' AND relname = 'sessions'`,
      );
      return row;
    };
    await waitUntil(async () => Number((await counts())?.all) >= 50);
    expect(Number((await counts())?.hot)).toBeGreaterThan(40);
  });

  test('gives a StoreError while its database is read-only, and still reads', async () => {
    const url = await newRole('reader');
    await server.query('ALTER ROLE reader SUPERUSER');
    const store = await opened(newSchema(), url);
    await store.sessions.create(sampleSession('a'));
    await server.query('ALTER ROLE reader SET default_transaction_read_only = on');
    await server.kick();
    await waitUntil(() => succeeds(store.sessions.read('a')));
    await expect(store.sessions.update(sampleSession('a'), 1)).rejects.toThrow(/read-only/);
    await expect(store.ping()).rejects.toMatchObject(unavailable);
    await expectSession(store, sampleSession('a'));
    await server.query('ALTER ROLE reader RESET default_transaction_read_only');
    await server.kick();
    await waitUntil(() => succeeds(store.ping()));
  });

  test('gives up on a lock in time, and has done nothing then', async () => {
    const schema = newSchema();
    const store = await opened(schema, server.url, 1000);
    await store.sessions.create(sampleSession('a'));
    const holding = server.query(
      `BEGIN; SELECT * FROM ${schema}.sessions FOR UPDATE; SELECT pg_sleep(3); COMMIT`,
    );
    await waitUntil(() =>
      store.sessions.touch('a', now, now).then(
        () => false,
        () => true,
      ),
    );
    const startedAt = performance.now();
    await expect(store.sessions.update(sampleSession('a', { version: 2 }), 1)).rejects.toMatchObject(
      unavailable,
    );
    expect(performance.now() - startedAt).toBeLessThan(1800);
    // Meanwhile the sweep passes it by.
    await store.sessions.create(sampleSession('b'));
    expect(await store.sweep(now + day, 100, day)).toBe(1);
    await holding;
    await expectSession(store, sampleSession('a'));
  });

  test('gives a StoreError when the server has no connection left for it', async () => {
    const schema = newSchema();
    await opened(schema);
    const url = await newRole('crowded');
    await server.query('ALTER ROLE crowded CONNECTION LIMIT 0');
    await expect(opened(schema, url)).rejects.toMatchObject(unavailable);
    await expect(opened(schema, url)).rejects.toThrow(/no connection left/);
  });

  test('gives no session where a row is damaged, and a StoreError where it is damaged itself', async () => {
    const schema = newSchema();
    const store = await opened(schema);
    await store.sessions.create(sampleSession('a'));
    await store.sessions.create(sampleSession('b'));
    await server.query(`UPDATE ${schema}.sessions SET version = NULL WHERE id = 'a'`);
    await server.query(`UPDATE ${schema}.sessions SET sealed = NULL, reason = 'nonsense' WHERE id = 'b'`);
    for (const id of ['a', 'b']) {
      expect(await store.sessions.read(id)).toEqual({
        kind: 'damaged',
        detail: expect.stringContaining('damaged'),
      });
    }
    await server.query(`DROP TABLE ${schema}.once`);
    await expect(store.once.claim('state', now, now + 1)).rejects.toThrow(/damaged/);
  });

  test('believes nothing that it remembers when its schema is dropped', async () => {
    const schema = newSchema();
    const store = await opened(schema);
    await store.sessions.create(sampleSession('a'));
    await waitUntil(() => store.changes.staleFor() < 500);
    await server.query(`DROP SCHEMA ${schema} CASCADE`);
    await expect(store.sessions.read('a')).rejects.toMatchObject(unavailable);
    await waitUntil(() => store.changes.staleFor() > 1000);
    const told = record(store);
    await opened(schema);
    await waitUntil(() => store.changes.staleFor() < 1000);
    expect(told).toEqual([{ kind: 'missed' }]);
    expect(await store.sessions.read('a')).toEqual({ kind: 'nothing' });
  });

  test('gives a StoreError while its disk is full, and still reads', async () => {
    const schema = newSchema();
    const store = await opened(schema);
    await store.sessions.create(sampleSession('a'));
    await server.query(
      `CREATE FUNCTION ${schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file: No space left on device';
       END $$`,
    );
    for (const table of ['sessions', 'once', 'leases', 'probe', 'counters'])
      await server.query(
        `CREATE TRIGGER disk_full BEFORE INSERT OR UPDATE ON ${schema}.${table} EXECUTE FUNCTION ${schema}.refuse()`,
      );
    for (const write of [
      () => store.sessions.create(sampleSession('b')),
      () => store.sessions.update(sampleSession('a', { version: 2 }), 1),
      () => store.sessions.touch('a', now + 1, now + 2),
      () => store.once.claim('state', now, now + 1),
      () => store.leases.acquire('grant', 'holder', now, now + 1),
      () => store.ping(),
    ]) {
      const writing = write();
      await expect(writing).rejects.toMatchObject(unavailable);
      await expect(writing).rejects.toThrow(/disk is full/);
    }
    await expectSession(store, sampleSession('a'));
    await server.query(`DROP FUNCTION ${schema}.refuse CASCADE`);
    expect(await store.sessions.update(sampleSession('a', { version: 2 }), 1)).toBe(true);
  });

  test('of the version before is brought up to date when it is opened, and keeps what it has', async () => {
    const schema = newSchema();
    const before = await opened(schema);
    await before.sessions.create(sampleSession('a'));
    await before.sessions.create(sampleSession('b'));
    await before.sessions.end(sampleTombstone('b'));
    await server.query(`DROP TABLE ${schema}.counters`);
    await server.query(`UPDATE ${schema}.coatcheck_schema SET version = 1`);
    const stores = await Promise.all([opened(schema), opened(schema)]);
    for (const store of stores) {
      await expectSession(store, sampleSession('a'));
      await expectEnded(store, sampleTombstone('b'));
    }
    expect((await stores[0].counters.increment('name', 1, now, 1000)).count).toBe(1);
    // Who has it open already works on meanwhile.
    expect(await before.sessions.update(sampleSession('a', { version: 2 }), 1)).toBe(true);
  });

  test('closes in time although its server stands still', async () => {
    const store = await opened(newSchema(), server.url, 1000);
    await store.ping();
    server.signal('SIGSTOP');
    try {
      const startedAt = performance.now();
      await store.close();
      expect(performance.now() - startedAt).toBeLessThan(2000);
    } finally {
      server.signal('SIGCONT');
    }
  });
});
