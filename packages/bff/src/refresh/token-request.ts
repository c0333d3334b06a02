import type { Outcome } from '../provider/failure.ts';
import type { Provider, TokenSet } from '../provider/provider.ts';
import type { Grant, SessionRecord } from '../session/record.ts';
import { assertedPerson } from './asserted-person.ts';
import { tokenStanding } from './policy.ts';
import { signInWant, type TokenWant, tokenIn } from './token-want.ts';

/** What the token endpoint is asked. */
export interface TokenRequest {
  /** Which token comes. */
  readonly want: TokenWant;
  send(): Promise<Outcome<TokenSet>>;
}

/**
 * The next request on the way to a token: an exchange needs a living token to begin with, which is refreshed first.
 *
 * @param provider the one that is asked
 * @param now milliseconds since the epoch
 * @returns undefined where there is nothing to ask with
 */
export function requestFor(
  provider: Provider,
  record: SessionRecord,
  grant: Grant,
  want: TokenWant,
  now: number,
): TokenRequest | undefined {
  // Each time a new assertion: it is good for one use.
  if (want.by === 'assertion')
    return { want, send: () => provider.tokenForPerson(assertedPerson(record), want) };
  const { refreshToken, dpopKey } = grant;
  if (want.by === 'refresh') {
    return refreshToken === null
      ? undefined
      : { want, send: () => provider.refresh(refreshToken, want, dpopKey) };
  }
  const first = signInWant(want.provider, provider.settings.resources);
  const subject = tokenIn(grant, first);
  if (!subject || tokenStanding(subject, now) === 'dead')
    return requestFor(provider, record, grant, first, now);
  return { want, send: () => provider.exchangeToken(subject.value, want, dpopKey) };
}
