/** Why the lab must not run: it is weak on purpose, and keeps what it steals. Empty where it may. */
export function exposureProblems(production: boolean, urls: Readonly<Record<string, string>>): string[] {
  const far = Object.entries(urls)
    .filter(([, url]) => !isLoopback(URL.parse(url)?.hostname ?? ''))
    .map(([name, url]) => `${name}: "${url}" is not on this machine, and the lab attacks nothing else`);
  return production ? ['NODE_ENV: is "production", where the attack lab never runs', ...far] : far;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || /^127(\.\d{1,3}){3}$/.test(host);
}
