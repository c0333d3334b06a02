import type { Settings } from '../options/settings.ts';
import { type TokenWant, tokenIn, wantFor, wantOf } from '../refresh/token-want.ts';
import type { SessionRecord } from '../session/record.ts';
import { tokenOfSignIn } from './sign-in-token.ts';

/**
 * What calls to the app's own APIs may: the scopes of the sign-in's token, or, where the home authorization server gives
 * the tokens for somebody whom another provider signed in, those of its tokens. What the other provider granted says
 * nothing of them; before the first call only what routes ask for by `tokenScopes` is known.
 */
export function scopesOf(settings: Settings, record: SessionRecord): string[] {
  const wants = assertedWants(settings, record);
  if (wants.length === 0)
    return tokenOfSignIn(settings, record)?.scopes ?? record.grants[record.provider]?.scopes ?? [];
  const scopes = wants.flatMap((want) => {
    const token = tokenIn(record.grants[want.provider], want);
    return token?.scopes ?? want.scope.split(' ').filter(Boolean);
  });
  return [...new Set(scopes)];
}

/** The tokens that are had for our word about this person. */
function assertedWants({ routes, providers }: Settings, record: SessionRecord): TokenWant[] {
  const ids = providers.map(({ id }) => id);
  return routes
    .filter(({ session }) => session !== 'none')
    .map((route) => wantFor(wantOf(route, ids), record))
    .filter(({ by }) => by === 'assertion');
}
