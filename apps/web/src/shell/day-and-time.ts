/** A time from the API, as people write it: with the year only where it is another one. */
export function dayAndTime(time: string, now: number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return 'at an unknown time';
  const isThisYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleString('en', {
    ...(isThisYear ? {} : { year: 'numeric' }),
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  });
}
