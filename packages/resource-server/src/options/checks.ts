import { isAcceptableUrl } from '../addresses.ts';
import { asymmetricAlgorithms } from './algorithms.ts';
import { dpopProblems } from './dpop.ts';
import { introspectionProblems } from './introspection.ts';
import { mtlsProblems } from './mtls.ts';
import type { ResourceServerOptions } from './options.ts';
import {
  booleanOrNothing,
  type Check,
  functionOrNothing,
  isName,
  isNames,
  listOutOf,
  optional,
  problemsOf,
  secondsIn,
  secretOrNothing,
} from './values.ts';

/** Those that have problems of their own members. */
type Nested = 'dpop' | 'mtls' | 'introspection';

// What Fastify itself reads from the options of any plugin.
const fastifyOptions: Readonly<Record<string, Check>> = {
  prefix: () => false,
  logLevel: () => false,
  logSerializers: () => false,
};

/** Everything that is wrong with the options, each in one line. */
export function problemsIn(options: ResourceServerOptions): string[] {
  const { dpop, mtls, introspection, ...flat } = options;
  return [
    ...problemsOf(flat, { ...checksFor(options), ...fastifyOptions }),
    ...dpopProblems(dpop),
    ...mtlsProblems(mtls),
    ...introspectionProblems(introspection, options.allowInsecureHttp === true),
  ];
}

function checksFor(
  options: ResourceServerOptions,
): Readonly<Record<Exclude<keyof ResourceServerOptions, Nested>, Check>> {
  const { secret } = options;
  const isUrl = (value: unknown) =>
    typeof value === 'string' && isAcceptableUrl(value, options.allowInsecureHttp === true);
  return {
    issuer: (value) =>
      !(isUrl(value) && !/[?#]/.test(String(value))) &&
      'must be a URL without query and fragment, https or on a loopback address (RFC 8414 §2)',
    audience: (value) => !isNames(value) && 'must be a non-empty string or a list of them',
    jwksUri: optional((value) => {
      if (secret !== undefined) return 'does not go with secret: leave one out';
      return !isUrl(value) && 'must be a URL, https or on a loopback address';
    }),
    algorithms:
      secret === undefined
        ? listOutOf(asymmetricAlgorithms, '; HS256 needs the option secret')
        : listOutOf(['HS256'], ', since secret is set'),
    secret: secretOrNothing,
    requiredClaims: optional(
      (value) => !(Array.isArray(value) && value.every(isName)) && 'must be a list of claim names',
    ),
    tolerance: secondsIn(['exp', 'nbf', 'iat'], 0, 300),
    rolesClaim: optional(
      (value) => !isNames(value) && 'must be a claim name or the list of members that lead to it',
    ),
    realm: optional(
      (value) =>
        !(typeof value === 'string' && /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(value)) &&
        'must be printable ASCII without quotes and backslashes',
    ),
    publicUrl: optional(
      (value) => !isPublicUrls(value) && 'must be a URL without query and fragment, or a list',
    ),
    jwks: secondsIn(['cooldown', 'maxAge', 'timeout', 'backoff'], 1, 86_400),
    allowInsecureHttp: booleanOrNothing,
    clock: functionOrNothing,
    fetch: functionOrNothing,
  };
}

/** How this API is reached says nothing about whom it trusts, so http will do. */
function isPublicUrls(value: unknown): boolean {
  const urls: unknown[] = Array.isArray(value) ? value : [value];
  return (
    urls.length > 0 &&
    urls.every((url) => typeof url === 'string' && isAcceptableUrl(url, true) && !/[?#]/.test(url))
  );
}
