import type { TokenWords } from './words/english.tsx';

const times: ReadonlySet<string> = new Set(['exp', 'nbf', 'iat', 'auth_time', 'updated_at']);

/** What a header parameter or claim says, in plain words. */
export function meaningOf(name: string, words: TokenWords): string {
  const known: Readonly<Record<string, string>> = words.meanings;
  return known[name] ?? words.otherMeaning;
}

/** Seconds since the epoch as people write a time; null where a claim is no time. */
export function timeIn(name: string, value: unknown): Date | null {
  return times.has(name) && typeof value === 'number' ? new Date(value * 1_000) : null;
}

/** A value as it stands in the JSON, text without its quotes. */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** How far away a time is, in the words of a language (BCP 47). */
export function distance(date: Date, now: number, locale: string): string {
  const seconds = Math.round((date.getTime() - now) / 1_000);
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (Math.abs(seconds) < 90) return words.format(seconds, 'second');
  if (Math.abs(seconds) < 5_400) return words.format(Math.round(seconds / 60), 'minute');
  if (Math.abs(seconds) < 129_600) return words.format(Math.round(seconds / 3_600), 'hour');
  return words.format(Math.round(seconds / 86_400), 'day');
}
