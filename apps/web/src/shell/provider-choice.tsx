import { connections, LoginLink, useSessionClient } from '@coatcheck/react';
import { useQuery } from '@tanstack/react-query';

/** Links to sign in at the other providers; the first one has a button of its own wherever this stands. */
export function ProviderChoice() {
  const client = useSessionClient();
  const { data: providers = [] } = useQuery({
    queryKey: ['providers'],
    queryFn: () => connections(client).providers(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [, ...others] = providers;
  if (others.length === 0) return null;
  return (
    <ul className="plain row" aria-label="Other ways to sign in">
      {others.map(({ id, label }) => (
        <li key={id}>
          <LoginLink className="button quiet" provider={id} onError="return">
            Continue with {label}
          </LoginLink>
        </li>
      ))}
    </ul>
  );
}
