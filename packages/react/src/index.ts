export * from '@coatcheck/client';
export {
  LoginLink,
  type LoginLinkProps,
  LogoutButton,
  type LogoutButtonProps,
  Show,
  type ShowProps,
} from './session-components.tsx';
export { SessionExpiryDialog, type SessionExpiryDialogProps } from './session-expiry-dialog.tsx';
export {
  type SessionActions,
  SessionProvider,
  type SessionProviderProps,
  useSession,
  useSessionClient,
  useUser,
} from './session-hooks.tsx';
export { ShowKept, type ShowKeptProps } from './show-kept.tsx';
export { useSignInAgain } from './sign-in-again.ts';
export { type StepUpOffer, StepUpPrompt, type StepUpPromptProps, useStepUp } from './step-up-prompt.tsx';
export { useKeptState } from './use-kept-state.ts';
export { type SessionExpiry, useSessionExpiry } from './use-session-expiry.ts';
export { type SessionList, type SessionListActions, useSessions } from './use-sessions.ts';
