import type { LogoutOptions } from '@coatcheck/client';
import type { ComponentProps } from 'react';
import { useSessionClient } from './session-provider.tsx';
import { useSessionState } from './use-session.ts';

export interface LogoutButtonProps extends LogoutOptions, Omit<ComponentProps<'button'>, 'type'> {}

/**
 * Ends the session, then leaves for the provider's sign-out where there is one. `local` keeps the person signed
 * in at the provider. An `onClick` that prevents the default keeps the session.
 *
 * @example
 * <LogoutButton>Sign out</LogoutButton>
 */
export function LogoutButton({
  local,
  everywhere,
  returnTo,
  onClick,
  disabled = false,
  children = 'Sign out',
  ...rest
}: LogoutButtonProps) {
  const client = useSessionClient();
  const isLeaving = useSessionState(client).status === 'signing-out';
  return (
    <button
      {...rest}
      type="button"
      disabled={disabled || isLeaving}
      onClick={(event) => {
        onClick?.(event);
        if (!event.defaultPrevented) void client.logout({ local, everywhere, returnTo });
      }}
    >
      {children}
    </button>
  );
}
