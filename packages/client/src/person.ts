import type { Session } from './session.ts';

/** Who is signed in, as one text: a subject means something at its provider only. Null where nobody is. */
export function personOf(session: Session): string | null {
  return session.status === 'signed-in' ? JSON.stringify([session.provider, session.user.sub]) : null;
}
