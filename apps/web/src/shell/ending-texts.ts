import type { SignedOutReason } from '@coatcheck/client';
import type { Texts } from '../language/english.tsx';

export interface Words {
  /** What happened. */
  title: string;
  /** What is safe and what to do. */
  advice: string;
}

/** What to say about the end of a session; null where there was none. */
export function wordsForEnding(reason: SignedOutReason, { failures }: Texts): Words | null {
  return reason === 'none' ? null : failures.endings[reason];
}

/** The same to somebody who is signed in, and was to confirm it, to allow more or to connect an account. */
export function wordsForFailedStepUp(code: string, { failures: { stepUp } }: Texts): Words {
  switch (code) {
    case 'access_denied':
    case 'missing_scope':
      return stepUp.declined;
    case 'step_up_failed':
      return stepUp.notStrong;
    case 'identity_mismatch':
      return stepUp.somebodyElse;
    case 'session_changed':
      return stepUp.changed;
    case 'not_allowed':
      return stepUp.notAllowed;
    default:
      return stepUp.other;
  }
}

/** What to say about a sign-in that came back with an error code. */
export function wordsForFailedLogin(code: string, { failures: { login } }: Texts): Words {
  switch (code) {
    case 'access_denied':
      return login.declined;
    case 'login_expired':
    case 'unknown_login':
    case 'login_already_used':
      return login.stale;
    case 'provider_unavailable':
      return login.providerDown;
    case 'missing_scope':
      return login.missingScope;
    case 'not_allowed':
      return login.notAllowed;
    case 'sign_in_not_accepted':
      return login.noSession;
    default:
      return login.other;
  }
}
