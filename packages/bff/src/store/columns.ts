import { DamagedError } from './errors.ts';

/** A row as a database returns it; undefined where a query found none. */
export type Row = Readonly<Record<string, unknown>> | undefined;

export function text(row: Row, column: string): string {
  const value = row?.[column];
  if (typeof value !== 'string') throw unexpected(column, 'text');
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  return row?.[column] === null ? null : text(row, column);
}

export function number(row: Row, column: string): number {
  const value = row?.[column];
  if (typeof value !== 'number') throw unexpected(column, 'a number');
  return value;
}

export function wholeNumber(row: Row, column: string): number {
  const value = number(row, column);
  if (!Number.isSafeInteger(value)) throw unexpected(column, 'a whole number');
  return value;
}

export function truth(row: Row, column: string): boolean {
  const value = row?.[column];
  if (typeof value !== 'boolean') throw unexpected(column, 'true or false');
  return value;
}

export function bytes(row: Row, column: string): Uint8Array {
  const value = row?.[column];
  if (!(value instanceof Uint8Array)) throw unexpected(column, 'bytes');
  return value;
}

export function bytesOrNull(row: Row, column: string): Uint8Array | null {
  return row?.[column] === null ? null : bytes(row, column);
}

/** The value, if it is one of those known. */
export function oneOf<T extends string>(known: readonly T[], row: Row, column: string): T {
  const value = text(row, column);
  const match = known.find((candidate) => candidate === value);
  if (match === undefined) throw unexpected(column, known.join(', '));
  return match;
}

function unexpected(column: string, wanted: string): DamagedError {
  return new DamagedError(`The store is damaged: the column ${column} should hold ${wanted}.`);
}
