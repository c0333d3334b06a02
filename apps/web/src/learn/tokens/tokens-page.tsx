import type { SignedIn } from '@coatcheck/client';
import { LoginLink, useSession } from '@coatcheck/react';
import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../api-context.tsx';
import { Refusal } from '../../failure/refusal.tsx';
import { useTexts } from '../../language/language.tsx';
import { useNow } from '../../profile/use-now.ts';
import { useDiagnostics } from '../diagnostics/use-diagnostics.ts';
import { Decoder } from './decoder.tsx';
import { HeldTokenCard } from './held-token-card.tsx';
import { useTokenWords } from './words/use-token-words.ts';

/** The tokens of this session, and a decoder for any other. The decoder needs nobody to be signed in. */
export function TokensPage() {
  const session = useSession();
  const words = useTokenWords();
  return (
    <>
      <title>{words.documentTitle}</title>
      <div className="stack">
        <h1>{words.title}</h1>
        <p>{words.lead}</p>
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
  const { signIn } = useTexts().shell;
  const { signInFirst } = useTokenWords();
  return (
    <section className="notice">
      <h2>{signInFirst.title}</h2>
      <p>{signInFirst.text}</p>
      <LoginLink className="button compact" onError="return">
        {signIn}
      </LoginLink>
    </section>
  );
}

function HeldTokens({ session }: { session: SignedIn }) {
  const { tokens, state } = useDiagnostics();
  const { held } = useTokenWords();
  const api = useApi();
  const now = useNow();
  const call = useMutation({ mutationFn: () => api.whoAmI(), gcTime: 0 });
  if (tokens === null) {
    return <p className="soft">{state === 'ended' ? held.off : held.waiting}</p>;
  }
  return (
    <section className="page" aria-labelledby="held-title">
      <div className="stack">
        <h2 id="held-title">{held.title(session.user.name)}</h2>
        <div className="row">
          <button
            type="button"
            className="button quiet compact"
            disabled={call.isPending}
            onClick={() => call.mutate()}
          >
            {held.call}
          </button>
          <p className="small soft">{held.callAdvice}</p>
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
