/** Says that somebody knows what this is: an app that is weak on purpose, and a server that keeps what it steals. */
export const overrideVariable = 'LAB_I_KNOW_THIS_IS_WEAK';

/** Where the lab would run. */
export interface Exposure {
  /** `LAB_I_KNOW_THIS_IS_WEAK=1`; the demo sets it. */
  readonly meant: boolean;
  readonly production: boolean;
  /** Every URL that it would use, by the variable that sets it. */
  readonly urls: Readonly<Record<string, string>>;
}

/** Why the lab must not run. Empty where it may. */
export function exposureProblems({ meant, production, urls }: Exposure): string[] {
  const problems: string[] = [];
  if (!meant) {
    problems.push(
      `${overrideVariable}: is not "1"; the attack lab is weak on purpose and runs in the demo only, which sets it`,
    );
  }
  if (production) problems.push('NODE_ENV: is "production", where the attack lab never runs');
  for (const [name, url] of Object.entries(urls)) {
    if (!isLoopback(URL.parse(url)?.hostname ?? '')) {
      problems.push(`${name}: "${url}" is not on this machine, and the lab attacks nothing else`);
    }
  }
  return problems;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || /^127(\.\d{1,3}){3}$/.test(host);
}
