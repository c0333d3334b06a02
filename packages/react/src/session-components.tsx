import { type LoginOptions, type LogoutOptions, loginOptionNames, type Session } from '@coatcheck/client';
import type { ComponentProps, ReactNode, SyntheticEvent } from 'react';
import { useSessionClient, useSessionState } from './session-hooks.tsx';

/** In which state something is shown. */
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
export function Show({ when, fallback, children }: ShowProps) {
  const { status } = useSessionState(useSessionClient());
  return status === when ? children : fallback;
}

/** What to ask of the sign-in, and all that a link can have. */
export interface LoginLinkProps
  extends LoginOptions,
    Omit<ComponentProps<'a'>, 'href' | 'onPointerDownCapture' | 'onClickCapture' | keyof LoginOptions> {}

/**
 * A real link that starts a sign-in and comes back to the page it was followed from, or to `returnTo`.
 *
 * @example
 * <LoginLink provider="github">Sign in with GitHub</LoginLink>
 */
export function LoginLink(login: LoginLinkProps) {
  const client = useSessionClient();
  const rest: Record<string, unknown> = { ...login };
  for (const name of loginOptionNames) delete rest[name];
  // The page may have moved on since the link was rendered, and a server does not know the page's fragment:
  // the way back is filled in when the link is used, also in a new tab.
  const aim = ({ currentTarget }: SyntheticEvent<HTMLAnchorElement>) => {
    currentTarget.href = client.loginUrl(login);
  };
  return (
    <a
      rel="nofollow"
      children="Sign in"
      {...rest}
      href={client.loginUrl({ ...login, returnTo: login.returnTo ?? '/' })}
      onPointerDownCapture={aim}
      onClickCapture={aim}
    />
  );
}

/** What to end, and all that a button can have. */
export interface LogoutButtonProps extends LogoutOptions, Omit<ComponentProps<'button'>, 'type'> {}

/**
 * Ends the session, then leaves for the provider's sign-out where there is one. `local` keeps the person signed
 * in at the provider. An `onClick` that prevents the default keeps the session.
 *
 * @example
 * <LogoutButton>Sign out</LogoutButton>
 */
export function LogoutButton({ local, everywhere, returnTo, onClick, disabled, ...rest }: LogoutButtonProps) {
  const client = useSessionClient();
  const isLeaving = useSessionState(client).status === 'signing-out';
  return (
    <button
      children="Sign out"
      {...rest}
      type="button"
      disabled={disabled || isLeaving}
      onClick={(event) => {
        onClick?.(event);
        if (!event.defaultPrevented) void client.logout({ local, everywhere, returnTo });
      }}
    />
  );
}
