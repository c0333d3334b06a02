import type { SignedIn } from '@coatcheck/client';
import type { HeldToken } from '@coatcheck/protocol';
import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../api-context.tsx';
import { Refusal } from '../../failure/refusal.tsx';
import { useNow } from '../../profile/use-now.ts';
import { timeLeft } from '../../shell/time-left.ts';
import { textOf } from '../diagnostics/read.ts';
import type { Diagnostics } from '../diagnostics/use-diagnostics.ts';

/** A token refused sooner than this after receipt is not refused for its age, says the BFF. Milliseconds. */
const tooYoungToBlame = 30_000;

/** Things to do that make messages. */
export function Causes({ session, diagnostics }: { session: SignedIn; diagnostics: Diagnostics }) {
  const api = useApi();
  const now = useNow();
  const call = useMutation({
    mutationFn: (times: number) => Promise.all(Array.from({ length: times }, () => api.whoAmI())),
    gcTime: 0,
  });
  const expire = useMutation({ mutationFn: api.expireToken, gcTime: 0 });
  const access = diagnostics.tokens?.find(({ kind, expiresAt }) => kind === 'access_token' && expiresAt);
  const until = access?.expiresAt ? new Date(access.expiresAt) : session.accessTokenExpiresAt;
  const youngUntil = access?.receivedAt ? new Date(Date.parse(access.receivedAt) + tooYoungToBlame) : null;
  const isYoung = youngUntil !== null && youngUntil.getTime() > now;
  const provider = providerOf(diagnostics.tokens);
  const isExpired = expire.isSuccess && call.submittedAt < expire.submittedAt;
  const isBusy = call.isPending || expire.isPending;
  return (
    <section className="causes" aria-label="Make something happen">
      <div className="row">
        <button
          type="button"
          className="button quiet compact"
          disabled={isBusy}
          onClick={() => call.mutate(1)}
        >
          Call the API
        </button>
        <button
          type="button"
          className="button quiet compact"
          disabled={isBusy}
          onClick={() => call.mutate(20)}
        >
          Call it 20 times at once
        </button>
        <button
          type="button"
          className="button quiet compact"
          disabled={isBusy || isYoung || access === undefined}
          aria-describedby="token-state"
          onClick={() => expire.mutate()}
        >
          Expire the access token
        </button>
        {provider !== undefined && (
          <a
            className="button quiet compact"
            href={`${provider}/session/end`}
            target="_blank"
            rel="noopener"
            title="It tells the BFF by the back channel, and this page is signed out within a second."
          >
            Sign out at the provider
          </a>
        )}
        <a className="button quiet compact" href="/learn/flow" target="_blank" rel="noopener">
          Open a second tab
        </a>
      </div>
      <p id="token-state" className="small soft">
        {until !== null && (
          <>
            The access token runs out in <span className="clock">{timeLeft(until, now)}</span>; the first call
            close to that renews it.
          </>
        )}{' '}
        {isYoung && (
          <>
            You can have it expire in <span className="clock">{timeLeft(youngUntil, now)}</span>: a new token
            that is refused is not blamed for its age.
          </>
        )}
      </p>
      <p className="small" role="status">
        {isExpired &&
          'The API takes this access token no more. Call it, once or 20 times: the BFF meets the refusal, renews the token once for all, and sends the calls again.'}
      </p>
      {call.isError && <Refusal error={call.error} />}
      {expire.isError && <Refusal error={expire.error} />}
    </section>
  );
}

/** The demo's own provider, where that signed somebody in: it tells the BFF of a sign-out. */
function providerOf(tokens: readonly HeldToken[] | null): string | undefined {
  const identity = tokens?.find(({ kind, provider }) => kind === 'id_token' && provider === 'demo');
  const issuer = textOf(identity?.payload?.iss);
  return /^http:\/\/127\.0\.0\.1(:\d+)?$/.test(issuer) ? issuer : undefined;
}
