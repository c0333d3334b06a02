import { CoatcheckError, type StepUp, stepUpOf } from '@coatcheck/client';
import { ApiRefusal } from '../api.ts';
import type { Words } from '../shell/ending-texts.ts';

/** What to say about a call that failed: what happened, what is safe, what to do. */
export function wordsForRefusal(error: Error): Words & { code: string } {
  if (error instanceof CoatcheckError) return { ...wordsOfBff(error), code: error.code };
  if (error instanceof ApiRefusal) return { ...wordsOfApi(error), code: `API ${error.status}` };
  return { ...noAnswer, code: 'network_error' };
}

const noAnswer: Words = {
  title: 'There was no answer',
  advice: 'The connection may be down. Nothing was lost; try again.',
};

function wordsOfBff(error: CoatcheckError): Words {
  switch (error.code) {
    case 'network_error':
      return noAnswer;
    case 'session_required':
      return {
        title: 'You are not signed in',
        advice: 'The BFF stopped the call: there is no session for it.',
      };
    case 'insufficient_scope':
      return stepUpOf(error)?.kind === 'consent'
        ? {
            title: 'This needs one more permission',
            advice: 'Nothing was changed. Allow it at the provider; you come back here.',
          }
        : {
            title: 'Your session does not allow this',
            advice: 'Nothing was changed. Sign in again and allow it, if the provider offers it to you.',
          };
    case 'step_up_required':
      return {
        title: 'Confirm who you are',
        advice: 'The API does this only right after a sign-in. Nothing was changed; you come back here.',
      };
    case 'connection_required':
      return {
        title: 'This needs another account of yours',
        advice: 'Nothing was changed. Connect the account; you come back here.',
      };
    case 'refresh_unavailable':
    case 'store_unavailable':
    case 'upstream_unreachable':
    case 'upstream_timeout':
      return { title: 'That did not work just now', advice: error.detail };
    default:
      return { title: 'The server refused this call', advice: error.detail };
  }
}

/** What the button says that leads to the provider. */
export function wordsForStepUp({ kind }: StepUp): string {
  switch (kind) {
    case 'sign-in':
      return 'Confirm who you are';
    case 'consent':
      return 'Allow it';
    case 'connection':
      return 'Connect the account';
  }
}

function wordsOfApi(error: ApiRefusal): Words {
  switch (error.status) {
    case 400:
    case 422:
      return { title: 'The API could not accept this', advice: error.message };
    case 401:
      return {
        title: 'The API did not accept the call',
        advice: 'You are still signed in. Try again; if it stays, sign out and in.',
      };
    case 403:
      return {
        title: 'The API does not let you do this',
        advice: 'Nothing was changed. Ask for the permission.',
      };
    case 404:
      return {
        title: 'That is not there any more',
        advice: 'It may have been deleted elsewhere. Reload the list.',
      };
    default:
      return { title: 'The API could not do it', advice: error.message };
  }
}
