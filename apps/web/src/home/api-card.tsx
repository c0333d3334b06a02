import { useState } from 'react';
import { useApi } from '../api-context.tsx';
import { Refusal } from '../failure/refusal.tsx';
import { useTexts } from '../language/language.tsx';

type Call =
  | { readonly status: 'none' | 'pending' }
  | { readonly status: 'answered'; readonly answer: unknown }
  | { readonly status: 'failed'; readonly error: Error };

/** One call to the API, for everybody: it works only for those who are signed in. */
export function ApiCard() {
  const api = useApi();
  const { call: words } = useTexts().home;
  const [call, setCall] = useState<Call>({ status: 'none' });
  const make = async () => {
    setCall({ status: 'pending' });
    try {
      setCall({ status: 'answered', answer: await api.whoAmI() });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      setCall({ status: 'failed', error });
    }
  };
  return (
    <section className="card" aria-labelledby="api-title">
      <h2 id="api-title">{words.title}</h2>
      <p>{words.text}</p>
      <button
        type="button"
        className="button"
        disabled={call.status === 'pending'}
        onClick={() => void make()}
      >
        {call.status === 'pending' ? words.busy : words.button}
      </button>
      {call.status === 'failed' && <Refusal error={call.error} />}
      {call.status === 'answered' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it (WCAG 2.1.1)
        <section className="wire wide" tabIndex={0} aria-label={words.seen}>
          <pre>{JSON.stringify(call.answer, null, 2)}</pre>
        </section>
      )}
    </section>
  );
}
