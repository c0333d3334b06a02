import type { SignedIn } from '@coatcheck/client';
import type { HeldToken } from '@coatcheck/protocol';
import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../api-context.tsx';
import { Refusal } from '../../failure/refusal.tsx';
import { useNow } from '../../profile/use-now.ts';
import { timeLeft } from '../../shell/time-left.ts';
import { textOf } from '../diagnostics/read.ts';
import type { Diagnostics } from '../diagnostics/use-diagnostics.ts';
import { useFlowWords } from './words/use-flow-words.ts';

/** A token refused sooner than this after receipt is not refused for its age, says the BFF. Milliseconds. */
const tooYoungToBlame = 30_000;

/** Things to do that make messages. */
export function Causes({ session, diagnostics }: { session: SignedIn; diagnostics: Diagnostics }) {
  const { causes: words } = useFlowWords();
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
    <section className="causes" aria-label={words.title}>
      <div className="row">
        <button
          type="button"
          className="button quiet compact"
          disabled={isBusy}
          onClick={() => call.mutate(1)}
        >
          {words.call}
        </button>
        <button
          type="button"
          className="button quiet compact"
          disabled={isBusy}
          onClick={() => call.mutate(20)}
        >
          {words.callOften}
        </button>
        <button
          type="button"
          className="button quiet compact"
          disabled={isBusy || isYoung || access === undefined}
          aria-describedby="token-state"
          onClick={() => expire.mutate()}
        >
          {words.expire}
        </button>
        {provider !== undefined && (
          <a
            className="button quiet compact"
            href={`${provider}/session/end`}
            target="_blank"
            rel="noopener"
            title={words.providerHint}
          >
            {words.provider}
          </a>
        )}
        <a className="button quiet compact" href="/learn/flow" target="_blank" rel="noopener">
          {words.secondTab}
        </a>
      </div>
      <p id="token-state" className="small soft">
        {until !== null && words.runsOut(timeLeft(until, now))}{' '}
        {isYoung && words.young(timeLeft(youngUntil, now))}
      </p>
      <p className="small" role="status">
        {isExpired && words.expired}
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
