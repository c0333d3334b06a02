import { CoatcheckError } from '@coatcheck/client';
import { useEffect, useRef, useState } from 'react';
import type { Note, NoteText } from '../api.ts';

/** What somebody is writing: a new note, or another text for an old one. */
export interface Draft extends NoteText {
  /** Whose it is, so that the next person at this browser does not get it. */
  owner: string;
  /** The note that it changes; null for a new one. */
  id: string | null;
}

/** Where a draft waits while its tab shows another page. */
const storageKey = 'coatcheck-demo:draft';

/**
 * The draft of this tab. It lives above the private part of the page, so it outlives a session that ends; and while the
 * tab is at the provider or at another page, it waits in the tab's storage.
 */
export function useDraft() {
  const [draft, setDraft] = useState<Draft | null>(kept);
  /** Of the last try to save it. */
  const [failure, setFailure] = useState<Error | null>(null);
  const [isSaving, setSaving] = useState(false);
  const latest = useRef(draft);
  latest.current = draft;
  useEffect(() => {
    sessionStorage.removeItem(storageKey);
    const keep = () => {
      if (latest.current !== null) sessionStorage.setItem(storageKey, JSON.stringify(latest.current));
    };
    window.addEventListener('pagehide', keep);
    return () => {
      window.removeEventListener('pagehide', keep);
      keep();
    };
  }, []);
  const drop = () => {
    setDraft(null);
    setFailure(null);
  };
  return {
    hasDraft: draft !== null && (draft.title !== '' || draft.body !== ''),
    draftOf: (owner: string) => (draft?.owner === owner ? draft : null),
    start: (owner: string, note?: Note) =>
      setDraft({ owner, id: note?.id ?? null, title: note?.title ?? '', body: note?.body ?? '' }),
    write: (text: Partial<NoteText>) =>
      setDraft((before) => (before === null ? null : { ...before, ...text })),
    drop,
    failure,
    /** It is on its way, or waits for its owner to sign in again. */
    isSaving,
    /** Somebody else signed in, so it was not sent. */
    isNotSent: failure instanceof CoatcheckError && failure.code === 'user_changed',
    async save(send: (draft: Draft) => Promise<unknown>) {
      if (draft === null) return;
      setSaving(true);
      setFailure(null);
      try {
        await send(draft);
        drop();
        sessionStorage.removeItem(storageKey); // the page may show something else by now
      } catch (error) {
        setFailure(error instanceof Error ? error : new Error(String(error)));
      } finally {
        setSaving(false);
      }
    },
    /** Somebody else is here now, or the owner left on purpose. */
    dropUnlessOf: (owner: string | null) => setDraft((before) => (before?.owner === owner ? before : null)),
  };
}

function kept(): Draft | null {
  const text = sessionStorage.getItem(storageKey);
  const value: unknown = text === null ? null : JSON.parse(text);
  if (typeof value !== 'object' || value === null) return null;
  const { owner, id, title, body }: Partial<Record<keyof Draft, unknown>> = value;
  if (typeof owner !== 'string' || typeof title !== 'string' || typeof body !== 'string') return null;
  return { owner, id: typeof id === 'string' ? id : null, title, body };
}

export type DraftState = ReturnType<typeof useDraft>;
