import type { JWTVerifyGetKey } from 'jose';
import {
  errors,
  type KoaContextWithOIDC,
  type Provider,
  type TokenEndpointGrantContext,
} from 'oidc-provider';
import { apiResource } from '../provider/resource.ts';
import type { UsedAssertions } from '../store/used-assertions.ts';
import { type HomeAssertion, readAssertion } from './assertion.ts';

/** RFC 7523 §2.1. */
export const assertionGrantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** What a person of another provider may do here: all that every user may. */
const scopes = ['notes:read', 'notes:write'];
const roles = ['user'];

export interface AssertionGrantParts {
  readonly apiAudience: string;
  /** Seconds. */
  readonly accessTokenTtl: number;
  /** The keys by client id, of the clients that may send assertions. */
  readonly keys: ReadonlyMap<string, JWTVerifyGetKey>;
  readonly used: UsedAssertions;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface AssertionGrant {
  register(provider: Provider): void;
  /** Claims for the access token of this request, where an assertion asks for it. */
  claims(ctx: KoaContextWithOIDC): Record<string, unknown> | undefined;
}

type Parameters = { readonly assertion?: unknown };
type Context = TokenEndpointGrantContext<Parameters>;

/**
 * Access tokens for people who signed in elsewhere: the client, which saw that sign-in, vouches by an assertion that
 * it signs (RFC 7523 §2.1). The other provider's own tokens are never accepted: any other client's would pass.
 */
export function createAssertionGrant(parts: AssertionGrantParts): AssertionGrant {
  const accepted = new WeakMap<object, HomeAssertion>();

  const answer = async (provider: Provider, ctx: Context): Promise<void> => {
    const { client, params } = ctx.oidc;
    const scope = grantedScope(params.scope);
    if ((params.resource ?? parts.apiAudience) !== parts.apiAudience) throw new errors.InvalidTarget();
    const assertion = await accept(parts, provider.issuer, client.clientId, params.assertion);
    accepted.set(ctx.oidc, assertion);

    const accountId = assertion.subject;
    const grant = new provider.Grant({ accountId, clientId: client.clientId });
    grant.addResourceScope(parts.apiAudience, scope);
    const token = new provider.AccessToken({
      client,
      accountId,
      grantId: await grant.save(),
      gty: 'jwt_bearer',
      scope,
      resourceServer: new provider.ResourceServer(
        parts.apiAudience,
        apiResource(parts.apiAudience, parts.accessTokenTtl),
      ),
      expiresIn: parts.accessTokenTtl,
    });
    ctx.oidc.entity('AccessToken', token);
    const value = await token.save();
    ctx.body = { access_token: value, token_type: token.tokenType, expires_in: token.expiration, scope };
  };

  return {
    register(provider) {
      const takes = ['assertion', 'scope', 'resource'];
      provider.registerGrantType<Parameters>(assertionGrantType, (ctx) => answer(provider, ctx), takes);
    },
    claims(ctx) {
      const assertion = accepted.get(ctx.oidc);
      if (assertion === undefined) return undefined;
      const { at, authTime, email, name } = assertion;
      return { roles, name, email, auth_time: authTime, sub_id: { format: 'iss_sub', ...at } };
    },
  };
}

function grantedScope(asked: string | undefined): string {
  const names = asked === undefined || asked === '' ? scopes : asked.split(' ');
  const beyond = names.filter((name) => !scopes.includes(name));
  if (beyond.length > 0) {
    throw new errors.InvalidScope('people of other providers cannot have this scope', beyond.join(' '));
  }
  return [...new Set(names)].join(' ');
}

async function accept(
  { keys: keysByClient, used, now }: AssertionGrantParts,
  issuer: string,
  clientId: string,
  jwt: unknown,
): Promise<HomeAssertion> {
  const keys = keysByClient.get(clientId);
  if (keys === undefined) throw new errors.UnauthorizedClient('the client has no registered keys');
  if (typeof jwt !== 'string' || jwt === '') throw new errors.InvalidRequest('missing assertion');
  const read = await readAssertion(jwt, { clientId, issuer, keys, now: now() });
  if (read.kind === 'keys-unavailable') throw unavailable();
  if (read.kind === 'refused') throw new errors.InvalidGrant(`assertion: ${read.reason}`);
  const { assertion } = read;
  if (!used.claim(clientId, assertion.jti, assertion.exp)) {
    throw new errors.InvalidGrant('assertion: it was used before');
  }
  return assertion;
}

/** Not the assertion's fault: the client may try again. */
function unavailable(): Error {
  const error = new errors.TemporarilyUnavailable("the client's jwks_uri cannot be read");
  return Object.assign(error, { status: 503, statusCode: 503, expose: true });
}
