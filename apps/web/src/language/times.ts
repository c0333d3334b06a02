/** A time from the API, as people write it: with the year only where it is another one; null where it is none. */
export function dayAndTime(time: string, now: number, locale: string): string | null {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return null;
  const isThisYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleString(locale, {
    ...(isThisYear ? {} : { year: 'numeric' }),
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  });
}

/** A time of day, with the date where it is not today. */
export function clockTime(date: Date, now: number, locale: string): string {
  const isToday = date.toDateString() === new Date(now).toDateString();
  return date.toLocaleString(
    locale,
    isToday ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' },
  );
}

/** How long ago, in whole minutes. */
export function minutesAgo(minutes: number, locale: string): string {
  return new Intl.RelativeTimeFormat(locale, { style: 'short' }).format(-minutes, 'minute');
}
