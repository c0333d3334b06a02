import { exposureProblems, overrideVariable } from './exposure.ts';

export interface LabSettings {
  readonly weakPort: number;
  readonly attackerPort: number;
  /** The demo's authorization server. */
  readonly issuer: string;
  /** The demo's API. */
  readonly api: string;
  /** The app behind Coatcheck. */
  readonly app: string;
}

export type ReadEnvironment =
  | { readonly kind: 'valid'; readonly settings: LabSettings }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/**
 * Reads `LAB_PORT`, `LAB_ATTACKER_PORT`, `LAB_ISSUER`, `LAB_API` and `PUBLIC_URL`, without which it takes the demo's
 * defaults, and `LAB_I_KNOW_THIS_IS_WEAK`, without which it does not run.
 */
export function readEnvironment(environment: NodeJS.ProcessEnv): ReadEnvironment {
  const text = (name: string, fallback: string) => environment[name]?.trim() || fallback;
  const settings: LabSettings = {
    weakPort: Number(text('LAB_PORT', '9404')),
    attackerPort: Number(text('LAB_ATTACKER_PORT', '9405')),
    issuer: text('LAB_ISSUER', 'http://127.0.0.1:9400'),
    api: text('LAB_API', 'http://127.0.0.1:9300'),
    app: text('PUBLIC_URL', 'http://localhost:3000'),
  };
  const { issuer, api, app, weakPort, attackerPort } = settings;
  const problems = exposureProblems({
    meant: environment[overrideVariable] === '1',
    production: environment.NODE_ENV === 'production',
    urls: { LAB_ISSUER: issuer, LAB_API: api, PUBLIC_URL: app },
  });
  for (const [name, port] of Object.entries({ LAB_PORT: weakPort, LAB_ATTACKER_PORT: attackerPort })) {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) problems.push(`${name}: is no port`);
  }
  return problems.length === 0 ? { kind: 'valid', settings } : { kind: 'invalid', problems };
}

/** The weak app's origin: the provider's site, as apps and their provider usually are. */
export function weakOrigin({ weakPort }: LabSettings): string {
  return `http://127.0.0.1:${weakPort}`;
}

/** The attacker's origin: another site than all of ours. */
export function attackerOrigin({ attackerPort }: LabSettings): string {
  return `http://attacker.localhost:${attackerPort}`;
}

/** The weak app at the provider: a public client, as a page without a server of its own must be. */
export const weakClientId = 'lab-storage';
