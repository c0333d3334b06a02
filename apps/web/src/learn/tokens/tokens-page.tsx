import type { SignedIn } from '@coatcheck/client';
import { LoginLink, useSession } from '@coatcheck/react';
import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../api-context.tsx';
import { Refusal } from '../../failure/refusal.tsx';
import { useNow } from '../../profile/use-now.ts';
import { useDiagnostics } from '../diagnostics/use-diagnostics.ts';
import { Decoder } from './decoder.tsx';
import { HeldTokenCard } from './held-token-card.tsx';

/** The tokens of this session, and a decoder for any other. The decoder needs nobody to be signed in. */
export function TokensPage() {
  const session = useSession();
  return (
    <>
      <title>Tokens · Coatcheck demo</title>
      <div className="stack">
        <h1>What is in a token</h1>
        <p>
          Your tokens are on the server, and stay there. This page gets to see what they say, without the
          signatures that would make them usable.
        </p>
      </div>
      {session.status === 'signed-in' ? (
        <HeldTokens key={session.user.sub} session={session} />
      ) : (
        session.status === 'signed-out' && <SignInFirst />
      )}
      <Decoder />
    </>
  );
}

function SignInFirst() {
  return (
    <section className="notice">
      <h2>Sign in to see your own</h2>
      <p>The decoder below works without.</p>
      <LoginLink className="button compact" onError="return">
        Sign in
      </LoginLink>
    </section>
  );
}

function HeldTokens({ session }: { session: SignedIn }) {
  const { tokens, state } = useDiagnostics();
  const api = useApi();
  const now = useNow();
  const call = useMutation({ mutationFn: () => api.whoAmI(), gcTime: 0 });
  if (tokens === null) {
    return (
      <p className="soft">
        {state === 'ended' ? 'This server shows no tokens: `diagnostics` is off.' : 'Asking the server…'}
      </p>
    );
  }
  return (
    <section className="page" aria-labelledby="held-title">
      <div className="stack">
        <h2 id="held-title">The tokens of {session.user.name ?? 'this session'}, on the server</h2>
        <div className="row">
          <button
            type="button"
            className="button quiet compact"
            disabled={call.isPending}
            onClick={() => call.mutate()}
          >
            Call the API
          </button>
          <p className="small soft">A call when the life is nearly over fills it again.</p>
        </div>
        {call.isError && <Refusal error={call.error} />}
      </div>
      <div className="decoder-grid">
        {tokens.map((token) => (
          <HeldTokenCard key={`${token.provider} ${token.kind} ${token.resource}`} token={token} now={now} />
        ))}
      </div>
    </section>
  );
}
