import type { SignInAgain } from '@coatcheck/client';
import { useSignInAgain } from '@coatcheck/react';
import { createContext, type ReactNode, useContext } from 'react';

const AgainContext = createContext<SignInAgain | null>(null);

export function SignInAgainProvider({ again, children }: { again: SignInAgain; children: ReactNode }) {
  return <AgainContext value={again}>{children}</AgainContext>;
}

/** Changes that wait for the person to sign in again, and the popup for it. */
export function useAgain(): ReturnType<typeof useSignInAgain> {
  const again = useContext(AgainContext);
  if (again === null) throw new Error('No <SignInAgainProvider> above this component.');
  return useSignInAgain(again);
}
