const shortest = 5 * 60_000;
const usual = 60 * 60_000;
const longest = 24 * 60 * 60_000;

/**
 * How long a document may be kept: as long as its answer says (RFC 9111 §4.2.1), but not so short that the provider is
 * flooded, nor so long that what it takes back stays good. An hour where the answer says nothing.
 *
 * @param now milliseconds since the epoch
 * @returns milliseconds
 */
export function lifetimeOf(headers: Headers, now: number): number {
  const told = toldLifetime(headers, now);
  return told === null ? usual : Math.min(Math.max(told, shortest), longest);
}

function toldLifetime(headers: Headers, now: number): number | null {
  const control = headers.get('cache-control') ?? '';
  if (/(?:^|[\s,])(?:no-store|no-cache)(?:[\s,=]|$)/i.test(control)) return 0;
  const maxAge = /(?:^|[\s,])max-age="?(\d{1,12})/i.exec(control)?.[1];
  const age = Number(headers.get('age') ?? '0') || 0;
  if (maxAge !== undefined) return (Number(maxAge) - Math.max(0, age)) * 1_000;
  const expires = headers.get('expires');
  if (expires === null) return null;
  const date = Date.parse(headers.get('date') ?? '');
  const end = Date.parse(expires);
  // RFC 9111 §5.3: a date that is none is over.
  return Number.isNaN(end) ? 0 : end - (Number.isNaN(date) ? now : date);
}
