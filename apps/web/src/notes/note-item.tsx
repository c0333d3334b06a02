import type { Note } from '../api.ts';
import { useLanguage } from '../language/language.tsx';
import { dayAndTime } from '../language/times.ts';

interface NoteItemProps {
  note: Note;
  /** The session's scopes let this person change notes. */
  mayWrite: boolean;
  onEdit: () => void;
  onDelete: () => void;
}

export function NoteItem({ note, mayWrite, onEdit, onDelete }: NoteItemProps) {
  const { texts, locale } = useLanguage();
  const changed = dayAndTime(note.updatedAt, Date.now(), locale);
  return (
    <article className="note" aria-busy={changed === null}>
      <h2>{note.title}</h2>
      {note.body !== '' && <p className="note-body">{note.body}</p>}
      <p className="small soft">{changed === null ? texts.notes.saving : texts.notes.changed(changed)}</p>
      {mayWrite && changed !== null && (
        <div className="row">
          <button type="button" className="button quiet compact" onClick={onEdit}>
            {texts.notes.edit}
            <span className="visually-hidden"> “{note.title}”</span>
          </button>
          <button type="button" className="button danger compact" onClick={onDelete}>
            {texts.notes.remove}
            <span className="visually-hidden"> “{note.title}”</span>
          </button>
        </div>
      )}
    </article>
  );
}
