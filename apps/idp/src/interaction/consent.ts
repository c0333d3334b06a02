import type { Interaction } from 'oidc-provider';
import { displayName, type User, userBySub } from '../accounts/users.ts';
import { consentPage } from '../pages/consent.ts';
import { saveGrant } from '../provider/grants.ts';
import { scopeInWords, sortScopes } from '../provider/scopes.ts';
import type { InteractionParts, OpenInteraction, Outcome } from './interaction.ts';

/** The consent page: everything that is asked for and that this user can give. */
export function showConsent({ details, clientName, token }: OpenInteraction): string {
  const user = signedIn(details);
  const { identity, api } = sortScopes(requestedScopes(details), user);
  const scopes = [...identity, ...api].map((name) => ({ name, words: scopeInWords(name) }));
  return consentPage({ clientName, token, userName: displayName(user), email: user.email, scopes });
}

/** Makes the grant, if the button was Allow, and remembers what was allowed. */
export async function decideConsent(
  { provider, consents }: InteractionParts,
  open: OpenInteraction,
  fields: URLSearchParams,
): Promise<Outcome> {
  if (fields.get('decision') !== 'allow') return { kind: 'again', status: 422, page: showConsent(open) };
  const { details, clientId } = open;
  const user = signedIn(details);
  const scopes = sortScopes(requestedScopes(details), user);
  const resources = [details.params.resource ?? []].flat().map(String);
  const grantId = await saveGrant(provider, { user, clientId, scopes, resources });
  consents.remember(user.sub, clientId, [...scopes.identity, ...scopes.api]);
  return { kind: 'done', result: { consent: { grantId } } };
}

function requestedScopes(details: Interaction): string[] {
  return typeof details.params.scope === 'string' ? details.params.scope.split(' ') : [];
}

function signedIn(details: Interaction): User {
  const user = userBySub(details.session?.accountId);
  if (user === undefined) throw new Error('the consent prompt comes after sign-in only');
  return user;
}
