import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { startPostgres } from '../../faults/stores/postgres.ts';
import { faultsOf, ownServer, sharedServer } from './server.ts';
import type { OpenedStore } from './store.ts';

/** @param shared URL of a server that others use too; default: one of its own, whose network can fail */
export async function openPostgres(shared: string | undefined): Promise<OpenedStore> {
  const server = shared === undefined ? await ownServer(await startPostgres(), true) : sharedServer(shared);
  const schema = `c${randomBytes(6).toString('hex')}`;
  // A busy machine is no outage, where a test wants none; where it wants one, it should not take long.
  const patience = shared === undefined ? '&timeout=1000' : '&timeout=5000';
  const client = await connect(server.url);
  const query = async (sql: string, ...values: unknown[]) =>
    (await client.query<Record<string, unknown>>(sql.replaceAll(':s.', `${schema}.`), values)).rows;
  const tables = async () => {
    const rows = await query('SELECT tablename FROM pg_tables WHERE schemaname = $1', schema);
    return rows.map(({ tablename }) => String(tablename));
  };

  return {
    kind: 'postgres',
    url: `${server.urlForBff}?schema=${schema}&pool=4${patience}`,
    faults: faultsOf(server.network, {
      async refuseWrites() {
        const set = async (value: string) => {
          await query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`);
          await query('SELECT pg_reload_conf()');
        };
        await query('SET default_transaction_read_only = off');
        await set('on');
        return () => set('off');
      },
      async changePassword() {
        const own = new URL(server.url).password;
        const set = (password: string) => query(`ALTER ROLE CURRENT_USER PASSWORD '${password}'`);
        await set('another-secret');
        return async () => {
          await set(own);
        };
      },
    }),
    files: [],
    sessions: async () =>
      Number((await query('SELECT count(*) AS count FROM :s.sessions WHERE reason IS NULL'))[0]?.count),
    async contents() {
      const rows = await Promise.all((await tables()).map((table) => query(`SELECT * FROM :s.${table}`)));
      return rows.flat().map((row) => Buffer.concat(Object.values(row).map(bytesOf)));
    },
    async hold() {
      const holder = await connect(server.url);
      await holder.query(`BEGIN; LOCK TABLE ${schema}.sessions IN EXCLUSIVE MODE`);
      return async () => {
        // The server does not see that a client has died while its statement waits.
        await query(
          `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = '${schema}.sessions'::regclass`,
        );
        await holder.end();
      };
    },
    async backUp() {
      const copied = await tables();
      const at = `_${randomBytes(3).toString('hex')}`;
      for (const table of copied) await query(`CREATE TABLE :s.${table}${at} AS TABLE :s.${table}`);
      return async () => {
        for (const table of copied)
          await query(`TRUNCATE :s.${table}; INSERT INTO :s.${table} TABLE :s.${table}${at}`);
      };
    },
    async wipe() {
      await query(`DROP SCHEMA ${schema} CASCADE`);
    },
    records: async () =>
      (await query('SELECT id FROM :s.sessions WHERE reason IS NULL')).map(({ id }) => String(id)),
    read: async (record) =>
      bytesOf((await query('SELECT sealed FROM :s.sessions WHERE id = $1', record))[0]?.sealed),
    write: async (record, bytes) => {
      await query('UPDATE :s.sessions SET sealed = $2 WHERE id = $1', record, bytes);
    },
    remove: async (record) => {
      await query('DELETE FROM :s.sessions WHERE id = $1', record);
    },
    claim: async (owner) => {
      await query(
        owner === 'newer'
          ? 'UPDATE :s.coatcheck_schema SET version = 99'
          : 'ALTER TABLE :s.coatcheck_schema RENAME TO another_program',
      );
    },
    async close() {
      server.resume();
      if (shared !== undefined) await query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
      await client.end();
      await server.close();
    },
  };
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, ssl: false });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function bytesOf(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value;
  return Buffer.from(value === null || value === undefined ? '' : `${String(value)}\n`);
}
