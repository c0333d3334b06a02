import type { Page } from './page.ts';
import { nextDeadline, type Session } from './session.ts';

/** The session as this page knows it, and everybody who wants to know. */
export interface SessionStore {
  get(): Session;
  /** Resolves what follows from a change: who is told, and when to look again. */
  set(next: Session): Session;
  subscribe(listener: () => void): () => void;
  /** The page is about to be left: what it holds of the person is dropped, whatever the state says. */
  dropPerson(): void;
  /** Whether the page may hold data of somebody. */
  holdsPerson(): boolean;
  close(): void;
}

/**
 * @param onDue an end of the session should have come: time to ask
 * @param onSignedOut the page must drop what it holds of the person who was signed in
 */
export function createSessionStore(
  page: Page,
  initial: Session,
  onDue: () => void,
  onSignedOut: () => void,
): SessionStore {
  const listeners = new Set<() => void>();
  let state = initial;
  /** Whose data the page may hold. */
  let subject = initial.status === 'signed-in' ? initial.user.sub : null;
  let cancelDeadline = () => {};

  function awaitDeadline(): void {
    cancelDeadline();
    const wait = nextDeadline(state, page.now());
    cancelDeadline = wait === null ? () => {} : page.after(wait, onDue);
  }

  function replaceSubject(next: string | null): void {
    const hadSubject = subject !== null;
    subject = next;
    if (hadSubject) onSignedOut();
  }

  awaitDeadline();
  return {
    get: () => state,
    set(next) {
      if (next === state) return state;
      state = next;
      awaitDeadline();
      if (state.status === 'signed-in' && state.user.sub !== subject) replaceSubject(state.user.sub);
      if (state.status === 'signed-out') replaceSubject(null);
      for (const listener of [...listeners]) listener();
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dropPerson: () => replaceSubject(null),
    holdsPerson: () => subject !== null,
    close() {
      cancelDeadline();
      listeners.clear();
    },
  };
}
