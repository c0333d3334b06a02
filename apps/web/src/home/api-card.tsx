import { useMutation } from '@tanstack/react-query';
import { useApi } from '../api-context.tsx';
import { Refusal } from '../failure/refusal.tsx';

/** One call to the API, for everybody: it works only for those who are signed in. */
export function ApiCard() {
  const api = useApi();
  const call = useMutation({ mutationFn: api.whoAmI, gcTime: 0 });
  return (
    <section className="card" aria-labelledby="api-title">
      <h2 id="api-title">Call the API</h2>
      <p>
        <code>fetch('/api/me')</code>, without any token. The API answers with what it saw of the caller.
      </p>
      <button type="button" className="button" disabled={call.isPending} onClick={() => call.mutate()}>
        {call.isPending ? 'Calling…' : 'Call /api/me'}
      </button>
      {call.isError && <Refusal error={call.error} />}
      {call.isSuccess && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it (WCAG 2.1.1)
        <section className="wire wide" tabIndex={0} aria-label="What the API saw">
          <pre>{JSON.stringify(call.data, null, 2)}</pre>
        </section>
      )}
    </section>
  );
}
