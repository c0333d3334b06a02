import { pathsUnder } from '@coatcheck/protocol';
import { parseSessionView } from './answers.ts';
import { createAsk, jsonOf } from './ask.ts';
import type { SessionClient } from './contract.ts';
import { CoatcheckError, unexpectedAnswer } from './errors.ts';
import type { RelayedEvent } from './live/tab-message.ts';
import { type Session, sessionAfterFailure } from './session.ts';

/** “Stay signed in”: the idle time starts anew, in all tabs. Never rejects: a failure is in the state. */
export async function extendSession(client: SessionClient): Promise<Session> {
  const { page, show, renew, take, tell } = client.inside;
  const answer = await createAsk(client.fetch)(pathsUnder(client.basePath).extend, { method: 'POST' });
  const fail = (error: CoatcheckError) => show(sessionAfterFailure(client.getState(), error, page.now()));
  if (answer instanceof CoatcheckError)
    return answer.code === 'session_required' ? client.refetch() : fail(answer);
  const session = parseSessionView(await jsonOf(answer));
  if (!session?.authenticated) return fail(unexpectedAnswer(answer.status));
  const event: RelayedEvent = {
    type: 'event',
    session: session.createdAt,
    at: page.now(),
    event: { type: 'extended', session },
  };
  tell(event);
  const state = client.getState();
  return state.status === 'signed-in' && state.began === session.createdAt ? take(session) : renew();
}
