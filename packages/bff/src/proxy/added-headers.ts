import type { RouteSettings } from '../options/settings.ts';
import type { SessionRecord } from '../session/record.ts';
import { spelling } from './request-headers.ts';

/** The request headers that a route sets beside those that every call gets, and those that it keeps from others to set. */
export interface AddedHeaders {
  /** Lower case, every other character than letters and digits a `-`: none of the browser's that reads so crosses. */
  readonly names: ReadonlySet<string>;
  /**
   * Names and values in turn.
   *
   * @param record of the session; undefined on an anonymous call, which gets no claims
   */
  of(record: SessionRecord | undefined): readonly string[];
}

/** Upstreams take no header that is longer than some KiB, and often answer 431 to all. Characters. */
const longestValue = 4_096;

/**
 * A header by which one route tells who calls comes from no browser on any route: an API may be behind several.
 *
 * @param routes all of them
 * @returns null where there is nothing to set and to keep
 */
export function addedHeaders(
  { headers, claimHeaders }: RouteSettings,
  routes: readonly RouteSettings[],
): AddedHeaders | null {
  const fixed = Object.entries(headers).flat();
  const claims = Object.entries(claimHeaders);
  const ofClaims = routes.flatMap((route) => Object.keys(route.claimHeaders));
  const names = [...Object.keys(headers), ...ofClaims].map((name) => spelling(name.toLowerCase()));
  if (names.length === 0) return null;
  /** A record never changes: what changes makes another. */
  const made = new WeakMap<SessionRecord, readonly string[]>();
  return {
    names: new Set(names),
    of(record) {
      if (record === undefined || claims.length === 0) return fixed;
      const known = made.get(record);
      if (known !== undefined) return known;
      const fields = [
        ...fixed,
        ...claims.flatMap(([name, claim]) => claimField(name, claimOf(record, claim))),
      ];
      made.set(record, fields);
      return fields;
    },
  };
}

function claimOf(record: SessionRecord, claim: string): unknown {
  if (claim === 'sub') return record.subject;
  if (claim === 'roles') return record.roles;
  return Object.hasOwn(record.user, claim) ? record.user[claim] : undefined;
}

function claimField(name: string, value: unknown): string[] {
  const text = Array.isArray(value) ? listText(value) : scalarText(value, /[^\x20-\x7e]|%|^ | $/gu);
  return text === undefined || text === '' || text.length > longestValue ? [] : [name, text];
}

/** A comma within an entry is encoded, or one role could pass for two. */
function listText(values: readonly unknown[]): string | undefined {
  const texts = values.map((one) => scalarText(one, /[^\x20-\x7e]|[%,]|^ | $/gu));
  return texts.every((one) => one !== undefined) ? texts.join(',') : undefined;
}

/**
 * A value as a header can carry it: what is no printable ASCII, and what would be cut off or read as something else, is
 * percent-encoded UTF-8 (RFC 3986 §2.1), so that no sub or role passes for another.
 *
 * @returns undefined for what no header can say: objects, null, and text that is no Unicode
 */
function scalarText(value: unknown, encoded: RegExp): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' || !value.isWellFormed()) return undefined;
  return value.replace(encoded, (char) =>
    [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
