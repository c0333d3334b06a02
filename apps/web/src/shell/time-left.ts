/** Time left as a clock shows it, for example `1:05:09`; `0:00` once it is over. */
export function timeLeft(until: Date, now: number): string {
  return secondsAsClock(Math.max(0, Math.floor((until.getTime() - now) / 1_000)));
}

/** Whole seconds as a clock shows them. */
export function secondsAsClock(seconds: number): string {
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours = 0, minutes = 0, rest = 0] = parts;
  const padded = (part: number) => String(part).padStart(2, '0');
  return hours > 0 ? `${hours}:${padded(minutes)}:${padded(rest)}` : `${minutes}:${padded(rest)}`;
}
