import type { BindingPolicy } from '../binding.ts';
import type { Offer, Scheme } from '../challenges.ts';
import type { IntrospectionSettings } from '../introspection/introspect.ts';
import type { RemoteKeys } from '../keys.ts';
import type { ProblemCode } from '../problems.ts';
import type { TokenPolicy } from '../verify.ts';
import { asymmetricAlgorithms } from './algorithms.ts';
import { problemsIn } from './checks.ts';
import { type DpopOptions, settleDpop } from './dpop.ts';
import { OptionsError } from './error.ts';
import { type IntrospectionOptions, settleIntrospection } from './introspection.ts';
import { type MtlsOptions, settleMtls } from './mtls.ts';
import { listed } from './values.ts';

/** Options of the plugin. Times are seconds. */
export interface ResourceServerOptions {
  /** The authorization server, exactly as in the tokens' `iss`. https, or http on a loopback address. */
  issuer: string;
  /** This API's name or names; one must be in a token's `aud`. */
  audience: string | readonly string[];
  /** Where the issuer's keys are. Default: looked up in the issuer's metadata when the first token comes. */
  jwksUri?: string;
  /** Signature algorithms to accept. Default: every asymmetric one that jose has. */
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
  /**
   * Tokens bound to a client's key (RFC 9449): `allowed` beside others, or `required`, where tokens that are bound to
   * no key are refused. Default: refused, as without the proof a stolen one would do.
   */
  dpop?: 'allowed' | 'required' | DpopOptions;
  /** The same for tokens bound to a client certificate (RFC 8705 §3). Where both are on, either binding will do. */
  mtls?: 'allowed' | 'required' | MtlsOptions;
  /** Asks the authorization server about tokens that are no JWTs (RFC 7662). Default: they are refused. */
  introspection?: IntrospectionOptions;
  /**
   * Base URL or URLs that clients call this API at, to hold DPoP proofs against. Needed behind a proxy. Default: the
   * address and port where the connection arrived, and `localhost` there.
   */
  publicUrl?: string | readonly string[];
  /** Default: fetch for unknown keys at most every 30 s, keep keys 600 s, wait 5 s for an answer and after a failure. */
  jwks?: { cooldown?: number; maxAge?: number; timeout?: number; backoff?: number };
  /** Insecure: lets whoever sits on the network between here and the issuer hand out keys. */
  allowInsecureHttp?: boolean;
  /** Milliseconds since the epoch. Default: `Date.now`. */
  clock?: () => number;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch;
}

const alwaysRequired = ['iss', 'exp', 'aud', 'sub'] as const;
const requiredByDefault = [...alwaysRequired, 'client_id', 'iat', 'jti'] as const;

/** Options with every default in place. */
export interface SettledOptions {
  readonly policy: TokenPolicy;
  readonly keys: Uint8Array | RemoteKeys;
  /** Undefined: only JWTs are taken. */
  readonly introspection: IntrospectionSettings | undefined;
  readonly binding: BindingPolicy;
  readonly offer: Offer;
  /** The members that lead to the list of roles. */
  readonly rolesClaim: readonly string[];
  /** Seconds to wait after a 503, by its code. */
  readonly retryAfter: Readonly<Partial<Record<ProblemCode, number>>>;
  readonly clock: () => number;
}

/**
 * Checks options and fills in the defaults.
 *
 * @throws OptionsError that lists every problem
 */
export async function settleOptions(options: ResourceServerOptions): Promise<SettledOptions> {
  const problems = problemsIn(options);
  if (problems.length > 0) throw new OptionsError(problems);
  const { issuer, audience, secret, jwksUri, jwks, rolesClaim = 'roles' } = options;
  const { clock = Date.now, fetch: fetchImpl = fetch, allowInsecureHttp = false } = options;
  const common = { issuer, allowInsecureHttp, fetch: fetchImpl, clock };
  const { exp = 5, nbf = 30, iat = 30 } = options.tolerance ?? {};
  const backoff = jwks?.backoff ?? 5;
  const binding = settleBinding(options, iat, clock);
  return {
    policy: {
      issuer,
      audience: listed(audience),
      algorithms: options.algorithms ?? (secret ? ['HS256'] : asymmetricAlgorithms),
      requiredClaims: [...new Set([...alwaysRequired, ...(options.requiredClaims ?? requiredByDefault)])],
      tolerance: { exp, nbf, iat },
    },
    keys: secret ?? {
      ...common,
      jwksUri: jwksUri === undefined ? undefined : new URL(jwksUri),
      cooldown: jwks?.cooldown ?? 30,
      backoff,
      maxAge: jwks?.maxAge ?? 600,
      timeout: jwks?.timeout ?? 5,
    },
    introspection: options.introspection && (await settleIntrospection(options.introspection, common)),
    binding,
    offer: {
      realm: options.realm ?? 'api',
      schemes: schemesOf(binding),
      dpopAlgorithms: binding.dpop?.proof.algorithms ?? [],
    },
    rolesClaim: listed(rolesClaim),
    retryAfter: { keys_unavailable: secret ? 1 : backoff }, // 1 for the others
    clock,
  };
}

function settleBinding(
  { dpop, mtls, publicUrl = [] }: ResourceServerOptions,
  tolerance: number,
  clock: () => number,
): BindingPolicy {
  const proofs = typeof dpop === 'string' ? { mode: dpop } : dpop;
  const certificates = typeof mtls === 'string' ? { mode: mtls } : mtls;
  return {
    required: proofs?.mode === 'required' || certificates?.mode === 'required',
    dpop: proofs && settleDpop(proofs, listed(publicUrl), tolerance, clock),
    mtls: certificates && settleMtls(certificates),
  };
}

/** Tokens that are bound to a certificate, or to nothing, come as Bearer. */
function schemesOf({ required, dpop, mtls }: BindingPolicy): readonly Scheme[] {
  if (dpop === undefined) return ['Bearer'];
  return required && mtls === undefined ? ['DPoP'] : ['Bearer', 'DPoP'];
}
