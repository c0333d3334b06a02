import { numberIn, parseServerUrl, refuse, type ServerUrl } from '../server-url.ts';
import { readPems, type TlsSettings } from '../tls.ts';

/** What a `store.url` of PostgreSQL says. */
export interface PostgresTarget {
  /** A name or address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  /** Undefined: without TLS. */
  readonly tls: TlsSettings | undefined;
  /** The schema that holds the tables. */
  readonly schema: string;
  /** Connections at most, beside the one that listens. */
  readonly pool: number;
  /** Milliseconds to wait for any answer. */
  readonly timeout: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const parameters = ['schema', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'host', 'pool', 'timeout'];

/**
 * Reads `postgres://user:password@host:port/database`. What it leaves out comes from `PGHOST`, `PGPORT`, `PGUSER`,
 * `PGPASSWORD`, `PGDATABASE`, `PGSSLMODE`, `PGSSLROOTCERT`, `PGSSLCERT` and `PGSSLKEY`.
 *
 * @throws {StoreError} `store_incompatible` for a URL that says nothing sensible, `store_unavailable` for a PEM file
 * that cannot be read
 */
export function parsePostgresUrl(text: string, env: Environment): PostgresTarget {
  const url = parseServerUrl(text, parameters);
  if (!/^postgres(ql)?:$/.test(url.scheme)) refuse('it is none of PostgreSQL');
  const [address, second] = url.addresses;
  if (second !== undefined) refuse('postgres: names one host');
  const port = address?.port ?? Number(env.PGPORT ?? 5432);
  if (!Number.isInteger(port)) refuse('PGPORT is no number');
  const user = url.username ?? env.PGUSER ?? refuse('it names no user, and neither does PGUSER');
  // As identifiers are without quotes, and short enough for the name of the channel.
  const schema = url.parameter('schema') ?? 'coatcheck';
  if (!/^[a-z_][a-z0-9_]{0,49}$/.test(schema)) refuse('"schema" must be up to 50 of a-z, 0-9 and _');
  return {
    host: url.parameter('host') ?? address?.host ?? env.PGHOST ?? '127.0.0.1',
    port,
    user,
    password: url.password ?? env.PGPASSWORD,
    database: url.path || env.PGDATABASE || user,
    tls: tlsOf(url, env),
    schema,
    pool: numberIn(url, 'pool', 10, 1, 1000),
    timeout: numberIn(url, 'timeout', 2000, 50, 60_000),
  };
}

/** Stricter than libpq: whoever turns TLS on gets a server that is verified, unless they say otherwise in words. */
function tlsOf(url: ServerUrl, env: Environment): TlsSettings | undefined {
  const mode = url.parameter('sslmode') ?? env.PGSSLMODE ?? 'disable';
  if (mode === 'disable') return undefined;
  const pems = readPems({
    ca: url.parameter('sslrootcert') ?? env.PGSSLROOTCERT,
    cert: url.parameter('sslcert') ?? env.PGSSLCERT,
    key: url.parameter('sslkey') ?? env.PGSSLKEY,
  });
  if (mode === 'no-verify') return { ...pems, rejectUnauthorized: false };
  if (['require', 'verify-ca', 'verify-full'].includes(mode)) return pems;
  return refuse(
    '"sslmode" must be disable, require, verify-ca, verify-full (these three verify all) or no-verify',
  );
}
