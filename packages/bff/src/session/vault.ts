import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { parseRecord, type SessionRecord } from './record.ts';

const nonceLength = 12;
const tagLength = 16;

/**
 * Seals a record with AES-256-GCM under the key that only the ticket holds: whoever steals the store gets no token.
 *
 * @param idHash where it will stand, and
 * @param version its version: both are associated data, so that no record can be put into another's place
 */
export function sealRecord(
  record: SessionRecord,
  key: KeyObject,
  idHash: string,
  version: number,
): Uint8Array {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(associatedData(idHash, version));
  return Buffer.concat([
    nonce,
    cipher.update(JSON.stringify(record), 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
}

/** Opens a sealed record; undefined if the key is another's, or anything was changed. */
export function openRecord(
  sealed: Uint8Array,
  key: KeyObject,
  idHash: string,
  version: number,
): SessionRecord | undefined {
  if (sealed.length <= nonceLength + tagLength) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceLength), {
    authTagLength: tagLength,
  });
  decipher.setAAD(associatedData(idHash, version));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagLength));
  try {
    const text = decipher.update(sealed.subarray(nonceLength, sealed.length - tagLength), undefined, 'utf8');
    return parseRecord(text + decipher.final('utf8'));
  } catch {
    return undefined;
  }
}

function associatedData(idHash: string, version: number): Buffer {
  return Buffer.from(`coatcheck/record/1/${idHash}/${version}`);
}
