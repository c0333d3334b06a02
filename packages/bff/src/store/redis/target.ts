import { type Address, numberIn, parseServerUrl, refuse } from '../server-url.ts';
import { readPems, type TlsSettings } from '../tls.ts';

/** Where one server listens. */
export interface Host {
  readonly host: string;
  readonly port: number;
}

/** User name and password for `AUTH`. */
export interface Login {
  readonly username?: string;
  readonly password?: string;
}

/** How the server is found. */
export type Topology =
  | { readonly kind: 'single'; readonly host: Host }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly Host[];
      readonly master: string;
      readonly login: Login;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly Host[] };

/** What a `store.url` of Redis says. */
export interface RedisTarget {
  readonly topology: Topology;
  readonly login: Login;
  readonly database: number;
  /** Undefined: without TLS. */
  readonly tls: TlsSettings | undefined;
  /** In front of every key and channel. */
  readonly prefix: string;
  /** How many replicas must have a rotated token or an ended session before it counts; 0: none. */
  readonly wait: number;
  /** Milliseconds to wait for them. */
  readonly waitTimeout: number;
  /** Milliseconds to wait for any answer. */
  readonly timeout: number;
}

const parameters = ['prefix', 'wait', 'waitTimeout', 'timeout', 'ca', 'cert', 'key', 'servername'];
const redisPort = 6379;
const sentinelPort = 26379;

/**
 * Reads `redis[s]://host:port/database`, `redis[s]+sentinel://sentinel,sentinel/master/database` or
 * `redis[s]+cluster://node,node`. What the URL leaves out of user name and password comes from `REDIS_USERNAME` and
 * `REDIS_PASSWORD`, and for the sentinels themselves from `REDIS_SENTINEL_USERNAME` and `REDIS_SENTINEL_PASSWORD`.
 *
 * @throws {StoreError} `store_incompatible` for a URL that says nothing sensible, `store_unavailable` for a PEM file
 * that cannot be read
 */
export function parseRedisUrl(text: string, env: Readonly<Record<string, string | undefined>>): RedisTarget {
  const url = parseServerUrl(text, parameters);
  const [, secure, kind] =
    /^redis(s?)(?:\+(sentinel|cluster))?:$/.exec(url.scheme) ?? refuse('it is none of Redis');
  const path = url.path === '' ? [] : url.path.split('/');
  const master = kind === 'sentinel' ? path.shift() : undefined;
  const [database = '0', ...rest] = path;
  if (!/^\d{1,4}$/.test(database) || rest.length > 0)
    refuse('the path of a Redis URL is the number of a database');
  const prefix = url.parameter('prefix') ?? 'coatcheck:';
  if (!/^[\x21-\x7e]{1,100}$/.test(prefix)) refuse('"prefix" must be 1 to 100 printable ASCII characters');
  const pems = { ca: url.parameter('ca'), cert: url.parameter('cert'), key: url.parameter('key') };
  const servername = url.parameter('servername');
  const timeout = numberIn(url, 'timeout', 1000, 50, 60_000);

  return {
    topology: topologyOf(kind, url.addresses, master, Number(database), env),
    login: loginOf(url.username ?? env.REDIS_USERNAME, url.password ?? env.REDIS_PASSWORD),
    database: Number(database),
    tls: secure
      ? { ...readPems(pems), ...(servername === undefined ? {} : { servername }) }
      : withoutTls(pems),
    prefix,
    wait: numberIn(url, 'wait', 0, 0, 10),
    waitTimeout: numberIn(url, 'waitTimeout', Math.min(500, timeout), 1, 60_000),
    timeout,
  };
}

function topologyOf(
  kind: string | undefined,
  addresses: readonly Address[],
  master: string | undefined,
  database: number,
  env: Readonly<Record<string, string | undefined>>,
): Topology {
  const named = addresses.length === 0 ? [{ host: '127.0.0.1', port: undefined }] : addresses;
  const hosts = named.map(({ host, port }) => ({
    host,
    port: port ?? (kind === 'sentinel' ? sentinelPort : redisPort),
  }));
  if (kind === 'cluster') {
    if (database !== 0) refuse('a Redis Cluster has no databases but 0');
    return { kind, nodes: hosts };
  }
  if (kind === 'sentinel') {
    if (!master) refuse('redis+sentinel: needs the name of the master as its path');
    const login = loginOf(env.REDIS_SENTINEL_USERNAME, env.REDIS_SENTINEL_PASSWORD);
    return { kind, sentinels: hosts, master: master ?? '', login };
  }
  const [host, second] = hosts;
  if (host === undefined || second !== undefined) {
    return refuse('redis: names one host; for several write redis+sentinel: or redis+cluster:');
  }
  return { kind: 'single', host };
}

function withoutTls(pems: Readonly<Record<string, string | undefined>>): undefined {
  if (Object.values(pems).some((path) => path !== undefined)) refuse('"ca", "cert" and "key" need rediss:');
}

function loginOf(username: string | undefined, password: string | undefined): Login {
  return { ...(username ? { username } : {}), ...(password ? { password } : {}) };
}
