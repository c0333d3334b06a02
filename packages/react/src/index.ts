export * from '@coatcheck/client';
export {
  LoginLink,
  type LoginLinkProps,
  LogoutButton,
  type LogoutButtonProps,
  Show,
  type ShowProps,
} from './session-components.tsx';
export {
  type SessionActions,
  SessionProvider,
  type SessionProviderProps,
  useSession,
  useSessionClient,
  useUser,
} from './session-hooks.tsx';
export { type StepUpOffer, StepUpPrompt, type StepUpPromptProps, useStepUp } from './step-up-prompt.tsx';
export { type SessionExpiry, useSessionExpiry } from './use-session-expiry.ts';
export { type SessionList, type SessionListActions, useSessions } from './use-sessions.ts';
