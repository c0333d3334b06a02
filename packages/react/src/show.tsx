import type { Session } from '@coatcheck/client';
import type { ReactNode } from 'react';
import { useSessionClient } from './session-provider.tsx';
import { useSessionState } from './use-session.ts';

export interface ShowProps {
  when: Session['status'];
  /** Shown in every other state. Default: nothing. */
  fallback?: ReactNode;
  children?: ReactNode;
}

/**
 * Shows its children in one state of the session only. This is about what is offered; what is allowed, the API
 * decides.
 *
 * @example
 * <Show when="signed-in" fallback={<LoginLink>Sign in</LoginLink>}><Notes /></Show>
 */
export function Show({ when, fallback = null, children }: ShowProps) {
  const { status } = useSessionState(useSessionClient());
  return status === when ? children : fallback;
}
