import { importJWK, type JWK } from 'jose';
import { type ClientAuth, ClientSecretBasic, ClientSecretPost, PrivateKeyJwt } from 'oauth4webapi';
import { isAcceptableUrl } from '../addresses.ts';
import type { IntrospectionSettings } from '../introspection/introspect.ts';
import { asymmetricAlgorithms } from './algorithms.ts';
import { OptionsError } from './error.ts';
import {
  booleanOrNothing,
  type Check,
  isName,
  isRecord,
  oneOf,
  optional,
  problemsOf,
  seconds,
} from './values.ts';

/** How the authorization server is asked about opaque tokens (RFC 7662). Times are seconds. */
export interface IntrospectionOptions {
  /** Who this API is at the authorization server. */
  clientId: string;
  authentication: IntrospectionAuthentication;
  /** Default: looked up in the issuer's metadata when the first token comes. */
  endpoint?: string;
  /** `all` asks about JWTs too, so that revoked ones are refused. Default: `opaque`, all that are no JWTs. */
  tokens?: 'opaque' | 'all';
  /** Asks for signed answers and takes no others (RFC 9701). Default: false. */
  signedResponses?: boolean;
  /** Keeps answers for `maxAge`, 30 by default, and never longer than their tokens live; 0 asks each time. */
  cache?: { maxAge?: number; size?: number };
  /** Default: 5. */
  timeout?: number;
  /** No question for so long after one that failed. Default: 1. */
  backoff?: number;
}

/** How this API proves who it is at the introspection endpoint. */
export type IntrospectionAuthentication =
  | { method: 'client_secret_basic' | 'client_secret_post'; secret: string }
  /** A private key with its `alg`, and `kid` if the server needs one. */
  | { method: 'private_key_jwt'; key: JWK };

const cacheChecks: Readonly<Record<string, Check>> = {
  maxAge: seconds(0, 600),
  size: optional(
    (value) => !(Number.isSafeInteger(value) && Number(value) > 0) && 'must be a whole number, at least 1',
  ),
};

const secretChecks: Readonly<Record<string, Check>> = {
  method: (value) =>
    value !== 'client_secret_basic' &&
    value !== 'client_secret_post' &&
    'must be client_secret_basic, client_secret_post or private_key_jwt',
  secret: (value) => !isName(value) && 'must be a non-empty string',
};

const keyChecks: Readonly<Record<string, Check>> = {
  method: () => false,
  key: (value) => {
    const isKey =
      isRecord(value) && asymmetricAlgorithms.some((name) => name === value.alg) && isName(value.d);
    return !isKey && 'must be a private JWK with its alg, an asymmetric one';
  },
};

function checksFor(allowInsecureHttp: boolean): Readonly<Record<keyof IntrospectionOptions, Check>> {
  return {
    clientId: (value) => !isName(value) && 'must be a non-empty string',
    authentication: (value) => !isRecord(value) && 'must be an object with method',
    endpoint: optional(
      (value) =>
        !(typeof value === 'string' && isAcceptableUrl(value, allowInsecureHttp)) &&
        'must be a URL, https or on a loopback address',
    ),
    tokens: oneOf('opaque', 'all'),
    signedResponses: booleanOrNothing,
    cache: optional((value) => !isRecord(value) && 'may hold maxAge and size'),
    timeout: seconds(1, 60),
    backoff: seconds(0, 60),
  };
}

/** What is wrong with the option `introspection`. */
export function introspectionProblems(value: unknown, allowInsecureHttp: boolean): string[] {
  if (value === undefined) return [];
  if (!isRecord(value)) return ['introspection must be an object of options'];
  const { authentication, cache } = value;
  const isByKey = isRecord(authentication) && authentication.method === 'private_key_jwt';
  return [
    ...problemsOf(value, checksFor(allowInsecureHttp), 'introspection.'),
    ...(isRecord(authentication)
      ? problemsOf(authentication, isByKey ? keyChecks : secretChecks, 'introspection.authentication.')
      : []),
    ...(isRecord(cache) ? problemsOf(cache, cacheChecks, 'introspection.cache.') : []),
  ];
}

/** What the questions share with the rest of the plugin. */
export interface Common {
  readonly issuer: string;
  readonly allowInsecureHttp: boolean;
  readonly fetch: typeof fetch;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** @throws OptionsError if the private key cannot be used */
export async function settleIntrospection(
  options: IntrospectionOptions,
  { clock, ...common }: Common,
): Promise<IntrospectionSettings> {
  const { clientId, endpoint, cache, signedResponses = false, timeout = 5, backoff = 1 } = options;
  return {
    server: {
      ...common,
      clientId,
      authentication: await clientAuthentication(options.authentication),
      endpoint: endpoint === undefined ? undefined : new URL(endpoint),
      signedResponses,
      timeout,
    },
    memory: { maxAge: cache?.maxAge ?? 30, size: cache?.size ?? 10_000, backoff, clock },
    asksAboutJwts: options.tokens === 'all',
  };
}

async function clientAuthentication(authentication: IntrospectionAuthentication): Promise<ClientAuth> {
  if (authentication.method !== 'private_key_jwt') {
    const { method, secret } = authentication;
    return method === 'client_secret_basic' ? ClientSecretBasic(secret) : ClientSecretPost(secret);
  }
  const { key } = authentication;
  try {
    const imported = await importJWK(key);
    if (imported instanceof Uint8Array) throw new TypeError('it is a secret');
    return PrivateKeyJwt(key.kid === undefined ? imported : { key: imported, kid: key.kid });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OptionsError([`introspection.authentication.key cannot be used: ${reason}`]);
  }
}
