import type { Settings } from '../options/settings.ts';
import { signInWant, tokenIn } from '../refresh/token-want.ts';
import type { AccessToken, SessionRecord } from '../session/record.ts';

/** The access token that came with the sign-in, or the first that there is. */
export function tokenOfSignIn(
  { providers }: Pick<Settings, 'providers'>,
  { provider, grants }: SessionRecord,
): AccessToken | undefined {
  const resources = providers.find(({ id }) => id === provider)?.resources ?? [];
  const grant = grants[provider];
  return tokenIn(grant, signInWant(provider, resources)) ?? Object.values(grant?.tokens ?? {})[0];
}
