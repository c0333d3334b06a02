import { CoatcheckError, stepUpOf } from '@coatcheck/client';
import { ApiRefusal } from '../api.ts';
import type { Texts } from '../language/english.tsx';
import type { Words } from '../shell/ending-texts.ts';

type CallTexts = Texts['failures']['call'];

/** What to say about a call that failed: what happened, what is safe, what to do. */
export function wordsForRefusal(error: Error, { failures: { call } }: Texts): Words & { code: string } {
  if (error instanceof CoatcheckError) return { ...wordsOfBff(error, call), code: error.code };
  if (error instanceof ApiRefusal) return { ...wordsOfApi(error, call), code: `API ${error.status}` };
  return { ...call.noAnswer, code: 'network_error' };
}

function wordsOfBff(error: CoatcheckError, call: CallTexts): Words {
  switch (error.code) {
    case 'network_error':
      return call.noAnswer;
    case 'session_required':
      return call.noSession;
    case 'insufficient_scope':
      return stepUpOf(error)?.kind === 'consent' ? call.consent : call.scope;
    case 'step_up_required':
      return call.confirm;
    case 'connection_required':
      return call.connection;
    case 'refresh_unavailable':
    case 'store_unavailable':
    case 'upstream_unreachable':
    case 'upstream_timeout':
      return withDetail(call.badMoment, error.detail);
    default:
      return withDetail(call.refused, error.detail);
  }
}

function wordsOfApi(error: ApiRefusal, call: CallTexts): Words {
  switch (error.status) {
    case 400:
    case 422:
      return withDetail(call.input, error.message);
    case 401:
      return call.token;
    case 403:
      return call.forbidden;
    case 404:
      return call.gone;
    default:
      return withDetail(call.apiFailed, error.message);
  }
}

/** Where the app has no advice of its own, what the server said; that is English. */
function withDetail({ title, advice }: Words, detail: string): Words {
  return { title, advice: advice === '' ? detail : advice };
}
