import type { LoginOptions } from '@coatcheck/client';
import type { ComponentProps, SyntheticEvent } from 'react';
import { useSessionClient } from './session-provider.tsx';

export interface LoginLinkProps
  extends LoginOptions,
    Omit<ComponentProps<'a'>, 'href' | keyof LoginOptions> {}

/**
 * A real link that starts a sign-in and comes back to the page it was followed from, or to `returnTo`.
 *
 * @example
 * <LoginLink provider="github">Sign in with GitHub</LoginLink>
 */
export function LoginLink({
  returnTo,
  provider,
  prompt,
  loginHint,
  uiLocales,
  acrValues,
  maxAge,
  organization,
  consent,
  onError,
  onClick,
  onPointerDown,
  children = 'Sign in',
  ...rest
}: LoginLinkProps) {
  const client = useSessionClient();
  const login = { provider, prompt, loginHint, uiLocales, acrValues, maxAge, organization, consent, onError };
  // The page may have moved on since the link was rendered, and a server does not know the page's fragment:
  // the way back is filled in when the link is used, also in a new tab.
  const aim = (event: SyntheticEvent<HTMLAnchorElement>) => {
    if (returnTo === undefined) event.currentTarget.href = client.loginUrl(login);
  };
  return (
    <a
      rel="nofollow"
      {...rest}
      href={client.loginUrl({ ...login, returnTo: returnTo ?? '/' })}
      onPointerDown={(event) => {
        aim(event);
        onPointerDown?.(event);
      }}
      onClick={(event) => {
        aim(event);
        onClick?.(event);
      }}
    >
      {children}
    </a>
  );
}
