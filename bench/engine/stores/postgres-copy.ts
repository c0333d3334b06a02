import type { StoredSession } from '@coatcheck/bff';

// The binary format of COPY (PostgreSQL documentation, “COPY”, “Binary Format”).

export const copyHeader = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
export const copyTrailer = Buffer.from([0xff, 0xff]);

/** A row of the store's table, its columns as `postgres.ts` names them. */
export function copyRow(session: StoredSession): Buffer {
  const { id, version, subject, providerSession, device, sealed } = session;
  const { createdAt, lastSeenAt, idleExpiresAt, expiresAt } = session;
  const times = [createdAt, lastSeenAt, idleExpiresAt, expiresAt, Math.min(expiresAt, idleExpiresAt)];
  const values = [
    Buffer.from(id),
    bigint(version),
    Buffer.from(subject),
    providerSession === null ? null : Buffer.from(providerSession),
    ...times.map(double),
    device,
    sealed,
  ];
  const count = Buffer.alloc(2);
  count.writeInt16BE(values.length);
  return Buffer.concat([count, ...values.flatMap(field)]);
}

function field(value: Uint8Array | null): Uint8Array[] {
  const length = Buffer.alloc(4);
  length.writeInt32BE(value?.length ?? -1);
  return value === null ? [length] : [length, value];
}

function bigint(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}
