/** Where `?return_to=` leads: a path on this origin, else the start. (The BFF checks it again.) */
export function returnTarget(search: string, origin: string): string {
  const asked = new URLSearchParams(search).get('return_to') ?? '';
  if (!asked.startsWith('/')) return '/';
  const url = URL.parse(asked, origin);
  return url?.origin === origin ? url.pathname + url.search + url.hash : '/';
}
