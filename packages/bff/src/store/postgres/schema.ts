import type { Client } from 'pg';
import { type Row, wholeNumber } from '../columns.ts';
import { incompatible } from './failure.ts';
import type { PostgresTarget } from './target.ts';

/**
 * One entry per version of the schema; a released one is never edited. `:s` stands for the schema's name.
 *
 * A row of `sessions` is a session or, where `reason` is set, the tombstone in its place: one key, so that nothing can
 * stand beside a tombstone. `sweep_at` is when the sweep looks at the row next, no later than its end. A use does not
 * move it, so no index knows of uses and PostgreSQL can update the row in its page. Sealed bytes cannot be compressed.
 */
const migrations: readonly string[] = [
  `CREATE TABLE :s.sessions (
     id text PRIMARY KEY,
     version bigint,
     subject text,
     provider_session text,
     created_at float8,
     last_seen_at float8,
     idle_expires_at float8,
     expires_at float8 NOT NULL,
     sweep_at float8 NOT NULL,
     reason text,
     ended_at float8,
     device bytea,
     sealed bytea,
     CHECK ((reason IS NULL) = (sealed IS NOT NULL))
   ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
   ALTER TABLE :s.sessions ALTER sealed SET STORAGE EXTERNAL;
   CREATE INDEX sessions_subject ON :s.sessions (subject) WHERE subject IS NOT NULL;
   CREATE INDEX sessions_provider_session ON :s.sessions (provider_session) WHERE provider_session IS NOT NULL;
   CREATE INDEX sessions_sweep_at ON :s.sessions (sweep_at);

   CREATE TABLE :s.once (name text PRIMARY KEY, expires_at float8 NOT NULL);
   CREATE INDEX once_end ON :s.once (expires_at);

   CREATE SEQUENCE :s.fences;
   CREATE TABLE :s.leases (
     name text PRIMARY KEY,
     holder text,
     expires_at float8 NOT NULL,
     attempted boolean NOT NULL,
     after_attempt boolean NOT NULL,
     fence bigint NOT NULL
   );
   CREATE INDEX leases_end ON :s.leases (expires_at);

   CREATE TABLE :s.probe (id integer PRIMARY KEY, writes bigint NOT NULL);`,

  // Unlogged: a crash may empty it, and no write of it waits for a disk.
  `CREATE UNLOGGED TABLE :s.counters (name text PRIMARY KEY, count bigint NOT NULL, expires_at float8 NOT NULL);
   CREATE INDEX counters_end ON :s.counters (expires_at);`,
];

/** How far the schema is behind; `undefined` where there is none yet. */
type Version = number | undefined;

/**
 * Brings the schema up to date, in one transaction that waits its turn among processes. Where it is up to date, only
 * reads, so the user that runs the store needs no right to change it.
 *
 * @throws {StoreError} `store_incompatible` for another program's schema or a newer version's
 */
export async function prepareSchema(client: Client, target: PostgresTarget): Promise<void> {
  if ((await versionOf(client, target)) === migrations.length) return;
  const { schema } = target;
  await client.query('BEGIN');
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`coatcheck schema ${schema}`]);
  const version = await versionOf(client, target);
  if (version === undefined) await client.query(initial(schema, await exists(client, schema)));
  for (const migration of migrations.slice(version ?? 0)) await client.query(inSchema(migration, schema));
  await client.query(`UPDATE ${schema}.coatcheck_schema SET version = $1`, [migrations.length]);
  await client.query('COMMIT');
}

/** A question that is answered as long as the schema is there, whatever its version. */
export function askForSchema({ schema }: PostgresTarget): string {
  return `SELECT 1 FROM ${schema}.coatcheck_schema`;
}

async function versionOf(client: Client, target: PostgresTarget): Promise<Version> {
  const { schema } = target;
  const { rows } = await client.query<NonNullable<Row>>(
    `SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = $1`,
    [schema],
  );
  if (rows.length === 0) return undefined;
  if (!rows.some(({ relname }) => relname === 'coatcheck_schema')) {
    throw incompatible(target, 'the schema belongs to another program; let "schema" name another one');
  }
  const found = await client.query<NonNullable<Row>>(`SELECT version FROM ${schema}.coatcheck_schema`);
  const version = wholeNumber(found.rows[0], 'version');
  if (version > migrations.length) {
    const versions = `schema ${version}, this one knows ${migrations.length}`;
    throw incompatible(target, `a newer Coatcheck wrote it (${versions})`);
  }
  return version;
}

async function exists(client: Client, schema: string): Promise<boolean> {
  const { rows } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
  return rows.length > 0;
}

/** `IF NOT EXISTS` asks for the right to create a schema even where it exists. */
function initial(schema: string, isThere: boolean): string {
  const make = isThere ? '' : `CREATE SCHEMA ${schema};`;
  return `${make}
    CREATE TABLE ${schema}.coatcheck_schema (version integer NOT NULL);
    INSERT INTO ${schema}.coatcheck_schema VALUES (0);`;
}

/** The schema's name is checked where the URL is read, so it needs no quotes. */
export function inSchema(sql: string, schema: string): string {
  return sql.replaceAll(':s.', `${schema}.`);
}
