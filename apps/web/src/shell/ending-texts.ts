import type { SignedOutReason } from '@coatcheck/client';

export interface Words {
  /** What happened. */
  title: string;
  /** What is safe and what to do. */
  advice: string;
}

const safe = 'Everything you saved is safe.';

/** What to say about the end of a session; null where there was none. */
export function wordsForEnding(reason: SignedOutReason): Words | null {
  switch (reason) {
    case 'none':
      return null;
    case 'signed-out':
      return { title: 'You are signed out', advice: 'Nothing of yours is left in this browser.' };
    case 'expired':
      return { title: 'Your session has reached its end', advice: `${safe} Sign in again to go on.` };
    case 'idle':
      return {
        title: 'You were signed out after a while without activity',
        advice: `${safe} Sign in again to go on.`,
      };
    case 'revoked':
      return {
        title: 'Your session was ended from elsewhere',
        advice: `${safe} Sign in again; if it was not you who ended it, change your password first.`,
      };
    case 'provider-logout':
      return {
        title: 'You signed out at the provider, so you are signed out here too',
        advice: `${safe} Sign in again whenever you like.`,
      };
    case 'refused':
      return {
        title: 'The provider did not renew your session',
        advice: `${safe} Sign in again. If that fails too, your access may have been withdrawn.`,
      };
    case 'replaced':
      return {
        title: 'A newer sign-in took the place of this session',
        advice: `${safe} Sign in again if you still need this one.`,
      };
  }
}

/** The same to somebody who is signed in, and was to confirm it, to allow more or to connect an account. */
export function wordsForFailedStepUp(code: string): Words {
  const advice = 'You are still signed in, and nothing was changed.';
  switch (code) {
    case 'access_denied':
    case 'missing_scope':
      return { title: 'The permission was not given', advice };
    case 'step_up_failed':
      return { title: 'The provider did not sign you in anew, or not strongly enough', advice };
    case 'identity_mismatch':
      return { title: 'Somebody else signed in at the provider', advice };
    case 'session_changed':
      return { title: 'Your session changed meanwhile, in another tab perhaps', advice: 'Try again.' };
    case 'not_allowed':
      return { title: 'That account may not come in here', advice };
    default:
      return { title: 'That did not work at the provider', advice };
  }
}

/** What to say about a sign-in that came back with an error code. */
export function wordsForFailedLogin(code: string): Words {
  switch (code) {
    case 'access_denied':
      return {
        title: 'You were not signed in, because the request was declined',
        advice: 'Nothing was changed. You can try again, and allow what this demo asks for.',
      };
    case 'login_expired':
    case 'unknown_login':
    case 'login_already_used':
      return {
        title: 'That sign-in is no longer valid',
        advice: 'It took too long, or was used before. Nothing was changed; start again.',
      };
    case 'provider_unavailable':
      return {
        title: 'The provider cannot be reached',
        advice: 'You lost nothing. Wait a moment and try again.',
      };
    case 'missing_scope':
      return {
        title: 'A needed permission was not given',
        advice: 'Nobody was signed in. Sign in again and allow it.',
      };
    case 'not_allowed':
      return {
        title: 'That account may not come in here',
        advice: 'Nobody was signed in. Use another account, or ask the operator.',
      };
    case 'sign_in_not_accepted':
      return {
        title: 'You are back, but there is no session',
        advice: 'If you did sign in, cookies may be blocked for this site: allow them and try again.',
      };
    default:
      return {
        title: 'Signing in did not work',
        advice: 'Nothing was changed. Try again; if it stays, tell the operator the code below.',
      };
  }
}
