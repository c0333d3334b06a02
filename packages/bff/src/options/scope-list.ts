import { Type } from 'typebox';

/** Scopes (RFC 6749 §3.3). */
export function scopeList(description: string) {
  return Type.Array(Type.String({ pattern: '^[\\x21\\x23-\\x5B\\x5D-\\x7E]+$' }), { description });
}
