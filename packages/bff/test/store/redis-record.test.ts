import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampleSession, sampleTombstone } from '../../src/store/contract/subject.ts';
import { decodeFound, encodeSession, encodeTombstone } from '../../src/store/redis/record.ts';

const text = fc.string({ unit: 'binary' });
const bytes = fc.uint8Array({ maxLength: 40 });
const time = fc.double({ noNaN: true, noDefaultInfinity: true });

const sessions = fc
  .record({
    version: fc.maxSafeNat(),
    subject: text,
    providerSession: fc.option(text),
    device: fc.option(bytes),
    sealed: bytes,
    createdAt: time,
    lastSeenAt: time,
    idleExpiresAt: time,
    expiresAt: time,
  })
  .map((parts) => sampleSession('id', parts));

test('a record says what was put into it', () => {
  fc.assert(
    fc.property(sessions, (session) => {
      const found = decodeFound('id', encodeSession(session, session.version));
      if (found.kind !== 'session') throw new Error(found.kind);
      const { sealed, device, ...rest } = found.session;
      expect({ ...rest, sealed: new Uint8Array(sealed), device: device && new Uint8Array(device) }).toEqual(
        session,
      );
    }),
  );
});

test('a record that was cut, changed or made up is a record or told as damaged, and never a crash', () => {
  const damaged = fc
    .tuple(sessions, fc.nat(), fc.nat(), fc.nat({ max: 255 }))
    .map(([session, end, at, byte]) => {
      const record = encodeSession(session, session.version);
      record[at % record.length] = byte;
      return record.subarray(0, end % (record.length + 1));
    });
  const tombstone = fc.nat({ max: 40 }).map((end) => encodeTombstone(sampleTombstone('id')).subarray(0, end));
  const random = fc.uint8Array({ maxLength: 100 }).map((content) => Buffer.from(content));
  fc.assert(
    fc.property(fc.oneof(damaged, tombstone, random, fc.constantFrom(null, 1, 'S', [])), (reply) => {
      const { kind } = decodeFound('id', reply);
      expect(reply === null ? ['nothing'] : ['session', 'ended', 'damaged']).toContain(kind);
    }),
    { numRuns: 2000 },
  );
});
