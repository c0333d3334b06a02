import { useState } from 'react';
import type { Note, NoteText } from '../api.ts';

/** What somebody is writing: a new note, or another text for an old one. */
export interface Draft extends NoteText {
  /** Whose it is, so that the next person at this browser does not get it. */
  owner: string;
  /** The note that it changes; null for a new one. */
  id: string | null;
}

/** The draft of this tab. It lives above the private part of the page, so it outlives a session that ends. */
export function useDraft() {
  const [draft, setDraft] = useState<Draft | null>(null);
  return {
    hasDraft: draft !== null && (draft.title !== '' || draft.body !== ''),
    draftOf: (owner: string) => (draft?.owner === owner ? draft : null),
    start: (owner: string, note?: Note) =>
      setDraft({ owner, id: note?.id ?? null, title: note?.title ?? '', body: note?.body ?? '' }),
    write: (text: Partial<NoteText>) =>
      setDraft((before) => (before === null ? null : { ...before, ...text })),
    drop: () => setDraft(null),
  };
}

export type DraftState = ReturnType<typeof useDraft>;
