/** A time from the API, as people write it. */
export function dayAndTime(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return 'at an unknown time';
  return date.toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
}
