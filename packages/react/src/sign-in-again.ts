import type { SignInAgain, SignInAgainState } from '@coatcheck/client';
import { useSyncExternalStore } from 'react';

/**
 * Whether calls wait for the person to sign in again, and what to do about it.
 *
 * @param again made once, outside of components: `createSignInAgain(client)`
 * @example
 * const { status, waiting, open, cancel } = useSignInAgain(again);
 * if (status === 'idle') return null;
 * return <dialog open><button onClick={open}>Sign in to save</button><button onClick={cancel}>Give up</button></dialog>;
 */
export function useSignInAgain(again: SignInAgain): SignInAgainState & Pick<SignInAgain, 'open' | 'cancel'> {
  const state = useSyncExternalStore(again.subscribe, again.getState, again.getState);
  return { ...state, open: again.open, cancel: again.cancel };
}
