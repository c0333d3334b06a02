import { createHmac } from 'node:crypto';
import { type Answer, authorizationToken, type Call } from '../call.ts';
import { isSame } from '../clients.ts';
import type { FacebookApp } from './app.ts';
import { graphError, oauthError } from './errors.ts';
import type { FacebookGrant, FacebookTokens, TokenState } from './tokens.ts';

/** Whom a call of the Graph API is for. */
export type Caller =
  | { readonly kind: 'user'; readonly app: FacebookApp; readonly grant: FacebookGrant }
  | { readonly kind: 'app'; readonly app: FacebookApp }
  | { readonly kind: 'refused'; readonly answer: Answer };

/** Reads the access token of a call and the proof that the app's own server sends it. */
export function callerOf(apps: readonly FacebookApp[], tokens: FacebookTokens, call: Call): Caller {
  const given = (name: string) => call.query.get(name) ?? call.form.get(name);
  const text = authorizationToken(call, ['bearer', 'oauth']) ?? given('access_token');
  if (text === null || text === '') {
    const message = 'An active access token must be used to query information about the current user.';
    return { kind: 'refused', answer: oauthError(message, 2500) };
  }
  const state = tokens.look(text);
  const clientId = state.kind === 'user' ? state.token.clientId : state.kind === 'app' ? state.clientId : '';
  const app = apps.find((one) => one.clientId === clientId);
  if (app === undefined || (state.kind !== 'user' && state.kind !== 'app')) {
    return { kind: 'refused', answer: refusalOf(state) };
  }
  const wrong = proofProblem(app, state.kind, text, given('appsecret_proof'));
  if (wrong !== undefined) {
    const answer = graphError({ status: 400, message: wrong, type: 'GraphMethodException', code: 100 });
    return { kind: 'refused', answer };
  }
  return state.kind === 'user' ? { kind: 'user', app, grant: state.grant } : { kind: 'app', app };
}

function refusalOf(state: TokenState): Answer {
  if (state.kind === 'expired') {
    const at = new Date(state.token.expiresAt * 1000).toUTCString();
    return oauthError(`Error validating access token: Session has expired on ${at}.`, 190, 463);
  }
  if (state.kind === 'removed') {
    const message = `Error validating access token: The user has not authorized application ${state.token.clientId}.`;
    return oauthError(message, 190, 458);
  }
  return oauthError('Invalid OAuth access token - Cannot parse access token', 190);
}

function proofProblem(
  app: FacebookApp,
  kind: 'user' | 'app',
  token: string,
  proof: string | null,
): string | undefined {
  if (proof === null) {
    // Whoever has the app's own token knows its secret.
    return app.requireAppSecretProof && kind === 'user'
      ? 'API calls from the server require an appsecret_proof argument'
      : undefined;
  }
  const expected = createHmac('sha256', app.clientSecret).update(token).digest('hex');
  return isSame(proof, expected) ? undefined : 'Invalid appsecret_proof provided in the API argument';
}
