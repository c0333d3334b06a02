import { channelName } from '@coatcheck/protocol';
import type { SessionClient } from './contract.ts';
import { isRecord } from './json.ts';
import { personOf } from './person.ts';
import { tabNotes } from './tab-notes.ts';

/** What somebody was writing, kept in this tab while the page is left to sign in. */
export interface KeptState {
  /** Keeps a value that JSON can say, for the person who is signed in, or was last. */
  keep(value: unknown): void;
  /** Gives it back, once, to the same person; undefined to everybody else, for whom it is dropped. */
  take(): unknown;
  /** Stops watching whose it is. */
  close(): void;
}

/**
 * Keeps what was typed over a sign-in that loads the page anew, in the storage of the tab.
 *
 * @param name tells one form from another
 * @example
 * const draft = keptState(client, 'note');
 * addEventListener('pagehide', () => draft.keep({ title: title.value }));
 * const before = draft.take(); // after load()
 */
export function keptState(client: SessionClient, name: string): KeptState {
  const { recall, remember } = tabNotes(client.inside.page);
  const key = `${channelName(client.basePath)}:kept:${name}`;
  let person = personOf(client.getState());
  const close = client.subscribe(() => {
    const session = client.getState();
    person = personOf(session) ?? person;
    const isWanted = session.status === 'signed-out' && session.reason === 'signed-out';
    if (session.status === 'signing-out' || isWanted) {
      person = null;
      remember(key, null);
    }
  });
  return {
    keep(value) {
      if (person !== null) remember(key, JSON.stringify({ person, value }));
    },
    take() {
      const now = personOf(client.getState());
      const note = recall(key);
      if (now === null || note === null) return undefined;
      remember(key, null);
      return valueFor(now, note);
    },
    close,
  };
}

function valueFor(person: string, note: string): unknown {
  try {
    const kept: unknown = JSON.parse(note);
    return isRecord(kept) && kept.person === person ? kept.value : undefined;
  } catch {
    return undefined; // somebody else's note
  }
}
