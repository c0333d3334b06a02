export { LoginLink, type LoginLinkProps } from './login-link.tsx';
export { LogoutButton, type LogoutButtonProps } from './logout-button.tsx';
export { SessionProvider, type SessionProviderProps, useSessionClient } from './session-provider.tsx';
export { Show, type ShowProps } from './show.tsx';
export { type StepUpOffer, StepUpPrompt, type StepUpPromptProps, useStepUp } from './step-up-prompt.tsx';
export { type SessionActions, useSession } from './use-session.ts';
export { type SessionExpiry, useSessionExpiry } from './use-session-expiry.ts';
export { type SessionList, type SessionListActions, useSessions } from './use-sessions.ts';
export { useUser } from './use-user.ts';
