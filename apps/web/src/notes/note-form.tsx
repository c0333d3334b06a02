import { useEffect, useId, useRef } from 'react';
import type { NoteText } from '../api.ts';
import { Refusal } from '../failure/refusal.tsx';
import type { Draft } from './draft.ts';

interface NoteFormProps {
  draft: Draft;
  isSaving: boolean;
  error: Error | null;
  onWrite: (text: Partial<NoteText>) => void;
  onSave: () => void;
  onCancel: () => void;
  /** Before this page is left for a sign-in that lets the note be saved. */
  onLeave: () => void;
}

export function NoteForm({ draft, isSaving, error, onWrite, onSave, onCancel, onLeave }: NoteFormProps) {
  const id = useId();
  const title = useRef<HTMLInputElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <form
      className="note-form"
      aria-label={draft.id === null ? 'New note' : 'Edit note'}
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <div className="field">
        <label htmlFor={`${id}-title`}>Title</label>
        <input
          id={`${id}-title`}
          ref={title}
          name="title"
          required
          maxLength={200}
          autoComplete="off"
          value={draft.title}
          onChange={(event) => onWrite({ title: event.target.value })}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}-body`}>Text</label>
        <textarea
          id={`${id}-body`}
          name="body"
          maxLength={20_000}
          value={draft.body}
          onChange={(event) => onWrite({ body: event.target.value })}
        />
      </div>
      {error !== null && <Refusal error={error} onLeave={onLeave} />}
      <div className="row">
        <button type="submit" className="button" disabled={isSaving}>
          {isSaving ? 'Saving…' : 'Save'}
        </button>
        <button type="button" className="button quiet" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
