import { connections, type ProviderView } from '@coatcheck/client';
import { useSessionClient } from '@coatcheck/react';
import { useCallback, useEffect, useState } from 'react';

type Providers =
  | { readonly status: 'loading' }
  | { readonly status: 'loaded'; readonly providers: readonly ProviderView[] }
  | { readonly status: 'failed'; readonly error: Error };

/** The providers at which people can sign in. */
export function useProviders(): Providers & { refetch: () => void } {
  const client = useSessionClient();
  const [state, setState] = useState<Providers>({ status: 'loading' });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    const show = (next: Providers) => {
      if (isCurrent) setState(next);
    };
    connections(client)
      .providers()
      .then(
        (providers) => show({ status: 'loaded', providers }),
        (error: unknown) => show({ status: 'failed', error: error instanceof Error ? error : new Error() }),
      );
    return () => {
      isCurrent = false;
    };
  }, [client, round]);
  return { ...state, refetch: useCallback(() => setRound((before) => before + 1), []) };
}
