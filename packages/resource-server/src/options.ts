import { isAcceptableUrl } from './addresses.ts';
import type { RemoteKeys } from './keys.ts';
import type { TokenPolicy } from './verify.ts';

/** Options of the plugin. Times are seconds. */
export interface ResourceServerOptions {
  /** The authorization server, exactly as in the tokens' `iss`. https, or http on a loopback address. */
  issuer: string;
  /** This API's name or names; one must be in a token's `aud`. */
  audience: string | readonly string[];
  /** Where the issuer's keys are. Default: looked up in the issuer's metadata when the first token comes. */
  jwksUri?: string;
  /** Signature algorithms to accept. Default: all of {@link asymmetricAlgorithms}. */
  algorithms?: readonly string[];
  /** A shared secret of at least 32 random bytes: tokens are then signed with HS256 by this secret and nothing else. */
  secret?: Uint8Array;
  /**
   * Claims that a token must have. Default: those of RFC 9068 §2.2. `iss`, `sub`, `aud` and `exp` are required in any
   * case.
   */
  requiredClaims?: readonly string[];
  /** How far clocks may differ. Default: 5 for `exp`, 30 for `nbf` and `iat`. */
  tolerance?: { exp?: number; nbf?: number; iat?: number };
  /** The claim that lists roles, or the members that lead to it, as in `['realm_access', 'roles']`. Default: `roles`. */
  rolesClaim?: string | readonly string[];
  /** Default: `api`. Stands in challenges (RFC 9110 §11.5). */
  realm?: string;
  /** Default: fetch for unknown keys at most every 30 s, keep keys 600 s, wait 5 s for an answer and after a failure. */
  jwks?: { cooldown?: number; maxAge?: number; timeout?: number; backoff?: number };
  /** Insecure: lets whoever sits on the network between here and the issuer hand out keys. */
  allowInsecureHttp?: boolean;
  /** Milliseconds since the epoch. Default: `Date.now`. */
  clock?: () => number;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch;
}

/** Algorithms whose signing keys a resource server never holds; jose names, `EdDSA` being the older name of `Ed25519`. */
export const asymmetricAlgorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'],
] as const;

const alwaysRequired = ['iss', 'exp', 'aud', 'sub'] as const;
const requiredByDefault = [...alwaysRequired, 'client_id', 'iat', 'jti'] as const;

/** Options with every default in place. */
export interface SettledOptions {
  readonly policy: TokenPolicy;
  readonly keys: Uint8Array | RemoteKeys;
  readonly realm: string;
  readonly clock: () => number;
}

/** The options are wrong; the message lists everything that is. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `@coatcheck/resource-server cannot start:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/**
 * Checks options and fills in the defaults.
 *
 * @throws OptionsError that lists every problem
 */
export function settleOptions(options: ResourceServerOptions): SettledOptions {
  const problems = problemsIn(options);
  if (problems.length > 0) throw new OptionsError(problems);
  const { issuer, audience, secret, jwksUri, jwks, tolerance, rolesClaim = 'roles' } = options;
  const clock = options.clock ?? Date.now;
  return {
    policy: {
      issuer,
      audience: listed(audience),
      algorithms: options.algorithms ?? (secret ? ['HS256'] : asymmetricAlgorithms),
      requiredClaims: [...new Set([...alwaysRequired, ...(options.requiredClaims ?? requiredByDefault)])],
      tolerance: { exp: tolerance?.exp ?? 5, nbf: tolerance?.nbf ?? 30, iat: tolerance?.iat ?? 30 },
      rolesClaim: listed(rolesClaim),
    },
    keys: secret ?? {
      issuer,
      jwksUri: jwksUri === undefined ? undefined : new URL(jwksUri),
      allowInsecureHttp: options.allowInsecureHttp ?? false,
      cooldown: jwks?.cooldown ?? 30,
      backoff: jwks?.backoff ?? 5,
      maxAge: jwks?.maxAge ?? 600,
      timeout: jwks?.timeout ?? 5,
      fetch: options.fetch ?? fetch,
      clock,
    },
    realm: options.realm ?? 'api',
    clock,
  };
}

// What Fastify itself reads from the options of any plugin.
const fastifyOptions = ['prefix', 'logLevel', 'logSerializers'];

type Check = (value: unknown, options: ResourceServerOptions) => string | false;

const checks: Record<keyof ResourceServerOptions, Check> = {
  issuer: (value, { allowInsecureHttp }) =>
    !isIssuer(value, allowInsecureHttp === true) &&
    'must be a URL without query and fragment, https or on a loopback address (RFC 8414 §2)',
  audience: (value) => !isNames(value) && 'must be a non-empty string or a list of them',
  jwksUri: (value, { allowInsecureHttp, secret }) => {
    if (value === undefined) return false;
    if (secret !== undefined) return 'does not go with secret: leave one out';
    const isGood = typeof value === 'string' && isAcceptableUrl(value, allowInsecureHttp === true);
    return !isGood && 'must be a URL, https or on a loopback address';
  },
  algorithms: (value, { secret }) => {
    if (value === undefined) return false;
    const allowed: readonly string[] = secret === undefined ? asymmetricAlgorithms : ['HS256'];
    const isGood = Array.isArray(value) && value.length > 0 && value.every((name) => allowed.includes(name));
    const advice = secret === undefined ? '; HS256 needs the option secret' : ', since secret is set';
    return !isGood && `must be a list out of ${allowed.join(', ')}${advice}`;
  },
  secret: (value) =>
    value !== undefined &&
    !(value instanceof Uint8Array && value.byteLength >= 32) &&
    'must be a Uint8Array of at least 32 random bytes',
  requiredClaims: (value) =>
    value !== undefined && !(Array.isArray(value) && value.every(isName)) && 'must be a list of claim names',
  tolerance: (value) =>
    value !== undefined &&
    !isSeconds(value, ['exp', 'nbf', 'iat'], 0, 300) &&
    secondsOf('exp, nbf, iat', 0, 300),
  rolesClaim: (value) =>
    value !== undefined && !isNames(value) && 'must be a claim name or the list of members that lead to it',
  realm: (value) =>
    value !== undefined &&
    !(typeof value === 'string' && /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(value)) &&
    'must be printable ASCII without quotes and backslashes',
  jwks: (value) =>
    value !== undefined &&
    !isSeconds(value, ['cooldown', 'maxAge', 'timeout', 'backoff'], 1, 86_400) &&
    secondsOf('cooldown, maxAge, timeout, backoff', 1, 86_400),
  allowInsecureHttp: (value) => value !== undefined && typeof value !== 'boolean' && 'must be true or false',
  clock: (value) => value !== undefined && typeof value !== 'function' && 'must be a function',
  fetch: (value) => value !== undefined && typeof value !== 'function' && 'must be a function',
};

function problemsIn(options: ResourceServerOptions): string[] {
  const given = new Map<string, unknown>(Object.entries(options));
  const wrong = Object.entries(checks).flatMap(([name, check]) => {
    const problem = check(given.get(name), options);
    return problem === false ? [] : [`${name} ${problem}`];
  });
  const unknown = [...given.keys()].filter(
    (name) => !Object.hasOwn(checks, name) && !fastifyOptions.includes(name),
  );
  return [...wrong, ...unknown.map((name) => `${name} is not an option`)];
}

function isIssuer(value: unknown, allowInsecureHttp: boolean): boolean {
  return typeof value === 'string' && isAcceptableUrl(value, allowInsecureHttp) && !/[?#]/.test(value);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isNames(value: unknown): boolean {
  return isName(value) || (Array.isArray(value) && value.length > 0 && value.every(isName));
}

function isSeconds(value: unknown, names: readonly string[], least: number, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(
    ([name, seconds]) =>
      names.includes(name) &&
      (seconds === undefined || (typeof seconds === 'number' && seconds >= least && seconds <= most)),
  );
}

function secondsOf(names: string, least: number, most: number): string {
  return `may hold ${names}, each a number of seconds from ${least} to ${most}`;
}

function listed(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : [...value];
}
