import { DatabaseError } from 'pg';
import { StoreError, type StoreErrorCode } from '../errors.ts';
import type { PostgresTarget } from './target.ts';

/** SQLSTATEs (PostgreSQL, appendix A) that an operator can do something about. */
const remedies: Readonly<Record<string, string>> = {
  '08P01': 'what answers there speaks another protocol',
  '25006': 'it is read-only, as a standby is',
  '28000': 'it does not let this user in from here (pg_hba.conf; perhaps it wants TLS: sslmode=require)',
  '28P01': 'it refuses the user name or password',
  '3D000': 'it has no database of that name',
  '3F000': 'the schema is gone',
  '42501': 'the user may not use or create the schema and its tables (docs/stores.md has the grants)',
  '42703': 'the store is damaged: a column is missing',
  '42P01': 'the store is damaged: a table is missing',
  '53100': 'its disk is full',
  '53200': 'it is out of memory',
  '53300': 'it has no connection left (max_connections)',
  '55P03': 'a lock was not free in time',
  '57014': 'it took too long',
  '57P01': 'it is shutting down',
  '57P02': 'it has crashed',
  '57P03': 'it is starting up or shutting down',
};

/** What only a mistake of ours or of the caller can cause: data and constraints. */
const bugs = /^(22|23)/;

/** The error to reject with: a {@link StoreError} that names the server and the remedy, or a bug as it is. */
export function asStoreError(error: unknown, target: PostgresTarget): unknown {
  if (error instanceof TypeError || (error instanceof DatabaseError && bugs.test(error.code ?? '')))
    return error;
  return unavailable(error, target);
}

/** As {@link asStoreError}, where nothing of ours was asked. */
export function unavailable(error: unknown, target: PostgresTarget): StoreError {
  if (error instanceof StoreError) return error;
  return storeError('store_unavailable', target, `cannot be used: ${reasonOf(error, target)}`, error);
}

export function incompatible(target: PostgresTarget, why: string, cause?: unknown): StoreError {
  return storeError('store_incompatible', target, `is not for this version: ${why}`, cause);
}

function storeError(code: StoreErrorCode, target: PostgresTarget, what: string, cause: unknown): StoreError {
  const { host, port, database, schema } = target;
  const place = `${host}:${port}, database ${database}, schema ${schema}`;
  return new StoreError(code, `The PostgreSQL store at ${place} (store.url) ${what}.`, { cause });
}

function reasonOf(error: unknown, { timeout }: PostgresTarget): string {
  if (!(error instanceof Error)) return 'its connection failed';
  if (error instanceof DatabaseError) {
    return remedies[error.code ?? ''] ?? `it answers with SQLSTATE ${error.code}`;
  }
  if (/^Connection terminated/.test(error.message)) return 'the connection was lost';
  if (/timeout/.test(error.message)) return `it gave no answer within ${timeout} ms`;
  // SCRAM with an empty password, before anything is sent.
  if (/^SASL/.test(error.message)) return 'it asks for a password: put one into store.url or PGPASSWORD';
  return error instanceof AggregateError ? error.errors.map(String).join('; ') : error.message;
}
