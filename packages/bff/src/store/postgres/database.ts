import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ClientConfig, Pool } from 'pg';
import { createBound } from '../bound.ts';
import type { Row } from '../columns.ts';
import { asStoreError } from './failure.ts';
import type { PostgresTarget } from './target.ts';

/** One statement, prepared once per connection under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export type Value = string | number | boolean | Uint8Array | readonly string[] | null;

/** Connections for everything but listening. */
export interface Database {
  /** Runs a statement as a transaction of its own; rejects with a StoreError. */
  run(statement: Statement, ...values: readonly Value[]): Promise<NonNullable<Row>[]>;
  close(): Promise<void>;
}

/** A connection of its own, and how to drop it without waiting for anybody. */
export interface OwnClient {
  readonly client: Client;
  drop(): void;
}

export function openDatabase(target: PostgresTarget): Database {
  const { timeout } = target;
  const sockets = new Set<Socket>();
  const pool = new Pool({
    ...configOf(target),
    stream: () => tracked(sockets),
    max: target.pool,
    idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: timeout,
    query_timeout: timeout,
    // The server gives up first, so that whoever waits for a lock learns that nothing was done.
    statement_timeout: Math.ceil(timeout * 0.9),
  });
  const bounded = createBound();
  // An idle connection that breaks is no failure of anybody; the pool has dropped it.
  pool.on('error', () => undefined);

  return {
    async run(statement, ...values) {
      const limit = new AbortController();
      const query = () => pool.query<NonNullable<Row>>({ ...statement, values: values.map(asParameter) });
      try {
        // Waiting for a connection and then for an answer may not add up.
        const { rows } = await Promise.race([bounded(query), giveUp(timeout, limit.signal)]);
        return rows;
      } catch (error) {
        throw asStoreError(error, target);
      } finally {
        limit.abort();
      }
    },
    async close() {
      const ended = pool.ending ? Promise.resolve() : pool.end();
      await Promise.race([ended, delay(timeout)]);
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Opens one connection; `lost` is told when it breaks. */
export async function openOwnClient(
  target: PostgresTarget,
  lost: (why: unknown) => void,
  signal?: AbortSignal,
): Promise<OwnClient> {
  signal?.throwIfAborted();
  const socket = new Socket();
  const client = new Client({
    ...configOf(target),
    stream: () => socket,
    connectionTimeoutMillis: target.timeout,
    keepAlive: true,
  });
  client.on('error', lost);
  client.on('end', () => lost(new Error('Connection terminated')));
  const drop = () => socket.destroy();
  signal?.addEventListener('abort', drop, { once: true });
  try {
    await client.connect();
  } catch (error) {
    drop();
    throw error;
  }
  return { client, drop };
}

function configOf({ host, port, user, password, database, tls }: PostgresTarget): ClientConfig {
  return {
    host,
    port,
    user,
    database,
    // A function keeps pg from looking for one elsewhere.
    password: () => password ?? '',
    ssl: tls === undefined ? false : { ...tls },
    application_name: 'coatcheck',
  };
}

function tracked(sockets: Set<Socket>): Socket {
  const socket = new Socket();
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  return socket;
}

/** pg takes bytes only as a Buffer. */
function asParameter(value: Value): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

async function giveUp(timeout: number, signal: AbortSignal): Promise<never> {
  await delay(timeout, undefined, { signal, ref: false });
  throw new Error('timeout');
}
