import type { JWTVerifyGetKey } from 'jose';
import { checkClaims } from '../claims.ts';
import type { TokenPolicy, Verification } from '../verify.ts';
import { type MemoryPolicy, remembering } from './memory.ts';
import { type IntrospectionEndpoint, introspector } from './request.ts';
import { readIntrospection } from './response.ts';

/** How opaque tokens are validated. */
export interface IntrospectionSettings {
  readonly server: IntrospectionEndpoint;
  readonly memory: MemoryPolicy;
  /** Also JWTs are asked about. */
  readonly asksAboutJwts: boolean;
}

/**
 * Validates access tokens by asking the authorization server (RFC 7662), to the same rules as JWTs: issuer, audience,
 * subject and times. They are checked at each use, whatever is remembered.
 *
 * @param keys finds the issuer's key for a signed answer
 * @returns validates a token
 */
export function introspection(
  { server, memory }: IntrospectionSettings,
  policy: TokenPolicy,
  keys: JWTVerifyGetKey,
): (token: string) => Promise<Verification> {
  const { issuer, clientId, signedResponses } = server;
  const { audience, algorithms, tolerance } = policy;
  const answers = { issuer, clientId, audience, signedResponses, algorithms, tolerance: tolerance.iat };
  const send = introspector(server);
  const ask = remembering(
    async (token) => readIntrospection(await send(token), answers, keys, memory.clock()),
    memory,
  );

  return async (token) => {
    const answer = await ask(token);
    if (answer.kind === 'refused') return answer;
    if (answer.kind === 'inactive') return { kind: 'refused', reason: 'the token is not active' };
    if (answer.kind === 'unavailable') return { ...answer, code: 'introspection_unavailable' };
    const type = typeProblem(answer.claims);
    if (type !== undefined) return { kind: 'refused', reason: type };
    // RFC 7662 §2.2: `iss` is optional, and the issuer's own endpoint speaks for the issuer.
    const claims = checkClaims({ iss: issuer, ...answer.claims }, policy, memory.clock() / 1000);
    return typeof claims === 'string' ? { kind: 'refused', reason: claims } : { kind: 'accepted', claims };
  };
}

/** The endpoint knows refresh tokens too, and other things that do not open an API. */
function typeProblem({ token_type: type, cnf }: Readonly<Record<string, unknown>>): string | undefined {
  if (type === undefined) return undefined;
  const name = typeof type === 'string' ? type.toLowerCase() : undefined;
  if (name === 'bearer') return undefined;
  if (name !== 'dpop') return 'token_type is neither Bearer nor DPoP';
  const isBound = typeof cnf === 'object' && cnf !== null && 'jkt' in cnf;
  return isBound ? undefined : 'a DPoP token without cnf.jkt';
}
