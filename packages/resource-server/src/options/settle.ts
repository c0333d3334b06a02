import type { BindingPolicy } from '../binding.ts';
import type { Offer, Scheme } from '../challenges.ts';
import type { IntrospectionSettings } from '../introspection/introspect.ts';
import type { RemoteKeys } from '../keys.ts';
import type { ProblemCode } from '../problems.ts';
import type { TokenPolicy } from '../verify.ts';
import { asymmetricAlgorithms } from './algorithms.ts';
import { problemsIn } from './checks.ts';
import { settleDpop } from './dpop.ts';
import { OptionsError } from './error.ts';
import { settleIntrospection } from './introspection.ts';
import { settleMtls } from './mtls.ts';
import type { ResourceServerOptions } from './options.ts';
import { listed } from './values.ts';

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
