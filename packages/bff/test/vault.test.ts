import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseRecord, type SessionRecord } from '../src/session/record.ts';
import { openRecord, sealRecord } from '../src/session/vault.ts';

const key = createSecretKey(randomBytes(32));
const record: SessionRecord = {
  format: 1,
  provider: 'main',
  issuer: 'https://id.example',
  subject: 's',
  providerSession: null,
  user: { name: 'Älice' },
  roles: [],
  acr: null,
  amr: [],
  authTime: null,
  createdAt: 1,
  expiresAt: 2,
  grants: {
    main: {
      generation: 1,
      refreshToken: 'canary-refresh',
      idToken: null,
      scopes: [],
      tokens: { '': { value: 'canary-access', type: 'Bearer', scopes: [], receivedAt: 1, expiresAt: 2 } },
    },
  },
};

describe('vault', () => {
  it('opens what it sealed', () =>
    expect(openRecord(sealRecord(record, key, 'id', 1), key, 'id', 1)).toEqual(record));

  it('BFF-LEAK-09: leaves nothing readable in what is stored, and never the same bytes twice', () => {
    const sealed = Buffer.from(sealRecord(record, key, 'id', 1));
    expect(sealed.toString('latin1')).not.toContain('canary');
    expect(sealed.equals(Buffer.from(sealRecord(record, key, 'id', 1)))).toBe(false);
  });

  it('opens nothing under another key, id or version', () => {
    const sealed = sealRecord(record, key, 'id', 1);
    expect(openRecord(sealed, createSecretKey(randomBytes(32)), 'id', 1)).toBeUndefined();
    expect(openRecord(sealed, key, 'other', 1)).toBeUndefined();
    expect(openRecord(sealed, key, 'id', 2)).toBeUndefined();
  });

  it('takes no record of another format', () => {
    expect(parseRecord(JSON.stringify(record))).toEqual(record);
    for (const change of [{ format: 2 }, { format: undefined }, { grants: [] }, { expiresAt: 'never' }])
      expect(parseRecord(JSON.stringify({ ...record, ...change }))).toBeUndefined();
  });

  it('advisory 65: opens nothing of which a byte was changed or cut off', () => {
    const sealed = sealRecord(record, key, 'id', 1);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(openRecord(changed, key, 'id', 1)).toBeUndefined();
      expect(openRecord(sealed.subarray(0, at), key, 'id', 1)).toBeUndefined();
    }
  });
});
