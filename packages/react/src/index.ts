export { LoginLink, type LoginLinkProps } from './login-link.tsx';
export { LogoutButton, type LogoutButtonProps } from './logout-button.tsx';
export { SessionProvider, type SessionProviderProps, useSessionClient } from './session-provider.tsx';
export { Show, type ShowProps } from './show.tsx';
export { type SessionActions, useSession } from './use-session.ts';
export { useUser } from './use-user.ts';
