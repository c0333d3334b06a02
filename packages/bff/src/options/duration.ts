import { Type } from 'typebox';

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** What a duration looks like in the configuration: a whole number and a unit, `500ms`, `30s`, `30m`, `12h`, `7d`. */
export const durationPattern = '^[0-9]{1,9}(ms|s|m|h|d)$';

/**
 * Reads a duration that matches {@link durationPattern}.
 *
 * @returns milliseconds
 * @throws RangeError when the text does not match
 */
export function parseDuration(text: string): number {
  const match = /^([0-9]{1,9})(ms|s|m|h|d)$/.exec(text);
  const unit = match?.[2] as keyof typeof units | undefined;
  if (!match || !unit) throw new RangeError(`not a duration: ${text}`);
  return Number(match[1]) * units[unit];
}

/** An option that is a duration. */
export function durationOption(description: string, fallback: string) {
  return Type.Optional(Type.String({ description, pattern: durationPattern, default: fallback }));
}
