/** Says that somebody knows what the demo server is and runs it where others can reach it all the same. */
export const overrideVariable = 'IDP_I_KNOW_THIS_IS_A_DEMO';

/** Where the server would run. */
export interface Exposure {
  readonly production: boolean;
  /** The address to listen on. */
  readonly host: string;
  readonly issuer: string | undefined;
}

/**
 * Why the server must not run there: its passwords are printed on its sign-in page. Empty where it may.
 */
export function exposureProblems({ production, host, issuer }: Exposure): readonly string[] {
  const fix = `this is a demo with public passwords; if you mean it, set ${overrideVariable}=1`;
  const problems: string[] = [];
  if (production) problems.push(`NODE_ENV: is "production", where the demo server does not run: ${fix}`);
  if (!isLoopback(host)) {
    problems.push(`IDP_HOST: "${host}" can be reached from other machines: use 127.0.0.1 (${fix})`);
  }
  if (issuer !== undefined && !isLoopback(new URL(issuer).hostname)) {
    problems.push(`IDP_ISSUER: "${issuer}" is not on this machine: use http://127.0.0.1:<port> (${fix})`);
  }
  return problems;
}

/** A host of this machine. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    host === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(host)
  );
}
