import { type KeyboardEvent, useEffect, useId, useRef } from 'react';
import type { NoteText } from '../api.ts';
import { Refusal } from '../failure/refusal.tsx';
import { useTexts } from '../language/language.tsx';
import type { Draft } from './draft.ts';

interface NoteFormProps {
  draft: Draft;
  /** Nothing was typed that closing the form would lose. */
  isUntouched: boolean;
  error: Error | null;
  onWrite: (text: Partial<NoteText>) => void;
  onSave: () => void;
  onCancel: () => void;
}

export function NoteForm({ draft, isUntouched, error, onWrite, onSave, onCancel }: NoteFormProps) {
  const id = useId();
  const { notes, shell } = useTexts();
  const form = useRef<HTMLFormElement>(null);
  const title = useRef<HTMLInputElement>(null);
  useEffect(() => title.current?.focus(), []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
    if (event.key === 'Escape' && isUntouched) onCancel();
  };
  return (
    <form
      className="note-form"
      aria-label={draft.id === null ? notes.formNew : notes.formEdit}
      ref={form}
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <div className="field">
        <label htmlFor={`${id}-title`}>{notes.titleField}</label>
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
        <label htmlFor={`${id}-body`}>{notes.textField}</label>
        <textarea
          id={`${id}-body`}
          name="body"
          maxLength={20_000}
          aria-describedby={`${id}-kept`}
          value={draft.body}
          onChange={(event) => onWrite({ body: event.target.value })}
        />
        <p className="small soft" id={`${id}-kept`}>
          {notes.draftKept}
        </p>
      </div>
      {error !== null && <Refusal error={error} />}
      <div className="row">
        <button type="submit" className="button">
          {notes.save}
        </button>
        <button type="button" className="button quiet" onClick={onCancel}>
          {shell.cancel}
        </button>
      </div>
    </form>
  );
}
