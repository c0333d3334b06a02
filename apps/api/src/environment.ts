import path from 'node:path';

/** What the process is told from outside. */
export interface Environment {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly databaseFile: string;
  /** The authorization server whose tokens are accepted. */
  readonly issuer: string;
  /** This API's name in the tokens' `aud`. */
  readonly audience: string;
  /** Where clients call it; undefined where that is where it listens. */
  readonly publicUrl: string | undefined;
  /** Seconds after a sign-in in which what cannot be undone is done. */
  readonly freshSignIn: number;
  /** Callers may have their own token count as expired. */
  readonly expiresOnDemand: boolean;
  readonly logLevel: string;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * Reads API_HOST, API_PORT, DATA_DIR, API_ISSUER, API_AUDIENCE, API_PUBLIC_URL, API_FRESH_SIGN_IN,
 * API_EXPIRES_ON_DEMAND and API_LOG_LEVEL; an empty variable counts as unset.
 *
 * @returns the settings, or every problem, one line each
 */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
):
  | { readonly kind: 'valid'; readonly environment: Environment }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] } {
  const host = env.API_HOST || '127.0.0.1';
  const port = env.API_PORT || '9300';
  const issuer = env.API_ISSUER || 'http://127.0.0.1:9400';
  const publicUrl = env.API_PUBLIC_URL || undefined;
  const freshSignIn = env.API_FRESH_SIGN_IN || '60';
  const expiresOnDemand = env.API_EXPIRES_ON_DEMAND || '0';
  const logLevel = env.API_LOG_LEVEL || 'info';

  const problems: string[] = [];
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    problems.push(`API_PORT must be a port from 0 to 65535, not ${JSON.stringify(port)}`);
  }
  if (!URL.canParse(issuer) || !/^https?:$/.test(new URL(issuer).protocol)) {
    problems.push(`API_ISSUER must be the URL of the authorization server, not ${JSON.stringify(issuer)}`);
  }
  if (publicUrl !== undefined && !(URL.canParse(publicUrl) && /^https?:/.test(publicUrl))) {
    problems.push(
      `API_PUBLIC_URL must be the URL that clients call the API at, not ${JSON.stringify(publicUrl)}`,
    );
  }
  if (!/^[1-9]\d{0,5}$/.test(freshSignIn)) {
    problems.push(`API_FRESH_SIGN_IN must be seconds, not ${JSON.stringify(freshSignIn)}`);
  }
  if (!['0', '1'].includes(expiresOnDemand)) {
    problems.push(`API_EXPIRES_ON_DEMAND must be 0 or 1, not ${JSON.stringify(expiresOnDemand)}`);
  }
  if (/[\s/]/.test(host)) {
    problems.push(`API_HOST must be an address or a host name, not ${JSON.stringify(host)}`);
  }
  if (!logLevels.includes(logLevel)) {
    problems.push(`API_LOG_LEVEL must be one of ${logLevels.join(', ')}, not ${JSON.stringify(logLevel)}`);
  }
  if (problems.length > 0) return { kind: 'invalid', problems };

  const databaseFile = path.resolve(env.DATA_DIR || '.data', 'api', 'notes.db');
  const audience = env.API_AUDIENCE || 'urn:coatcheck:demo-api';
  return {
    kind: 'valid',
    environment: {
      host,
      port: Number(port),
      databaseFile,
      issuer,
      audience,
      publicUrl,
      freshSignIn: Number(freshSignIn),
      expiresOnDemand: expiresOnDemand === '1',
      logLevel,
    },
  };
}
