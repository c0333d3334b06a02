import { endReasons } from '../end-reasons.ts';
import { DamagedError } from '../errors.ts';
import { unlessDamaged } from '../found.ts';
import type { Found, StoredSession, Tombstone } from '../store.ts';

/**
 * One value under one key: a session or the tombstone in its place, told apart by the first byte. Numbers are
 * big-endian, times are doubles; what scripts compare or change stands in front, at fixed places:
 *
 *     S  version  lastSeenAt  idleExpiresAt | expiresAt  length  length  subject  providerSession | createdAt
 *     0  1        9           17            | 25         33      37      41                       | length device sealed
 *
 *     T  endedAt  expiresAt  reason
 *     0  1        9          17
 *
 * The part between the bars is the indexed part: where it stays the same, an update touches no index.
 */
export const indexedFrom = 25;
const subjectFrom = 41;
const session = 0x53;
const tombstone = 0x54;
const absent = 0xffff_ffff;

/** What the indexes know of a session. */
export interface Indexed {
  readonly subject: string;
  readonly providerSession: string | null;
  readonly expiresAt: number;
}

export function encodeSession(stored: StoredSession, version: number): Buffer {
  const subject = Buffer.from(stored.subject);
  const providerSession = stored.providerSession === null ? undefined : Buffer.from(stored.providerSession);
  const { device, sealed } = stored;
  const head = Buffer.alloc(subjectFrom);
  head[0] = session;
  for (const [index, number] of [
    version,
    stored.lastSeenAt,
    stored.idleExpiresAt,
    stored.expiresAt,
  ].entries()) {
    head.writeDoubleBE(number, 1 + 8 * index);
  }
  head.writeUInt32BE(subject.length, 33);
  head.writeUInt32BE(providerSession?.length ?? absent, 37);
  const middle = Buffer.alloc(12);
  middle.writeDoubleBE(stored.createdAt, 0);
  middle.writeUInt32BE(device?.length ?? absent, 8);
  const none = new Uint8Array(0);
  return Buffer.concat([head, subject, providerSession ?? none, middle, device ?? none, sealed]);
}

/** The bytes of a number as scripts compare them. */
export function encodeNumber(number: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(number);
  return bytes;
}

export function encodeTombstone({ reason, endedAt, expiresAt }: Tombstone): Buffer {
  return Buffer.concat([
    Buffer.of(tombstone),
    encodeNumber(endedAt),
    encodeNumber(expiresAt),
    Buffer.from(reason),
  ]);
}

/** What the value under the key of `id` says; `null` is what Redis answers where there is no key. */
export function decodeFound(id: string, reply: unknown): Found {
  if (reply === null) return { kind: 'nothing' };
  return unlessDamaged(() => {
    if (!Buffer.isBuffer(reply)) throw damaged();
    switch (reply[0]) {
      case session:
        return { kind: 'session', session: sessionIn(id, reply) };
      case tombstone:
        return { kind: 'ended', tombstone: tombstoneIn(id, reply) };
      default:
        throw damaged();
    }
  });
}

/** How many bytes the indexed part of an encoded session has. */
export function indexedLength(encoded: Buffer): number {
  const [subject, providerSession] = [lengthAt(encoded, 33), lengthAt(encoded, 37)];
  return subjectFrom - indexedFrom + (subject ?? 0) + (providerSession ?? 0);
}

/** Reads the indexed part of a session, as scripts return it. */
export function decodeIndexed(reply: unknown): Indexed {
  if (!Buffer.isBuffer(reply) || reply.length < subjectFrom - indexedFrom) throw damaged();
  const subjectLength = lengthAt(reply, 8) ?? 0;
  const providerLength = lengthAt(reply, 12);
  const subjectEnd = 16 + subjectLength;
  if (reply.length !== subjectEnd + (providerLength ?? 0)) throw damaged();
  return {
    expiresAt: timeAt(reply, 0),
    subject: reply.toString('utf8', 16, subjectEnd),
    providerSession: providerLength === undefined ? null : reply.toString('utf8', subjectEnd),
  };
}

function sessionIn(id: string, bytes: Buffer): StoredSession {
  if (bytes.length < subjectFrom) throw damaged();
  const indexedEnd = indexedFrom + indexedLength(bytes);
  if (bytes.length < indexedEnd + 12) throw damaged();
  const deviceLength = lengthAt(bytes, indexedEnd + 8);
  const deviceEnd = indexedEnd + 12 + (deviceLength ?? 0);
  const version = timeAt(bytes, 1);
  if (bytes.length < deviceEnd || !Number.isSafeInteger(version)) throw damaged();
  return {
    id,
    version,
    ...decodeIndexed(bytes.subarray(indexedFrom, indexedEnd)),
    // Copies: a view would keep all that came over the socket with it in memory, for as long as a session is cached.
    sealed: new Uint8Array(bytes.subarray(deviceEnd)),
    device: deviceLength === undefined ? null : new Uint8Array(bytes.subarray(indexedEnd + 12, deviceEnd)),
    createdAt: timeAt(bytes, indexedEnd),
    lastSeenAt: timeAt(bytes, 9),
    idleExpiresAt: timeAt(bytes, 17),
  };
}

function tombstoneIn(id: string, bytes: Buffer): Tombstone {
  if (bytes.length < 17) throw damaged();
  const text = bytes.toString('utf8', 17);
  const reason = endReasons.find((known) => known === text);
  if (reason === undefined) throw damaged();
  return { id, reason, endedAt: timeAt(bytes, 1), expiresAt: timeAt(bytes, 9) };
}

function timeAt(bytes: Buffer, offset: number): number {
  const time = bytes.readDoubleBE(offset);
  if (!Number.isFinite(time)) throw damaged();
  return time;
}

function lengthAt(bytes: Buffer, offset: number): number | undefined {
  const length = bytes.readUInt32BE(offset);
  return length === absent ? undefined : length;
}

export function damaged(): DamagedError {
  return new DamagedError('The Redis store is damaged: a value is not what a store writes there.');
}
