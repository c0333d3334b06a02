import { useSession } from '@coatcheck/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Outlet } from 'react-router';
import { createQueries } from '../queries.ts';
import { Toasts } from './toasts.tsx';

/** Around the pages behind the sign-in: what they loaded, and what they have to say. */
export function Workspace() {
  const [queries] = useState(createQueries);
  const session = useSession();
  const who = session.status === 'signed-in' ? session.user.sub : null;
  // What was loaded for one person is gone before the next one comes, or nobody.
  useEffect(() => () => queries.clear(), [who, queries]);
  return (
    <QueryClientProvider client={queries}>
      <Toasts>
        <Outlet />
      </Toasts>
    </QueryClientProvider>
  );
}
