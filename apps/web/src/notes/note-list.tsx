import type { ReactNode } from 'react';
import type { Note } from '../api.ts';
import { useTexts } from '../language/language.tsx';
import { TicketMark } from '../shell/ticket-mark.tsx';
import { NoteItem } from './note-item.tsx';

interface NoteListProps {
  /** Undefined while they are not there yet. */
  notes: Note[] | undefined;
  search: string;
  /** The note in whose place the form is. */
  editing: string | null;
  form: ReactNode;
  mayWrite: boolean;
  /** Another search is on its way. */
  isStale: boolean;
  onEdit: (note: Note) => void;
  onDelete: (note: Note) => void;
  isWriting: boolean;
  onShowAll: () => void;
}

export function NoteList(props: NoteListProps) {
  const { notes: words } = useTexts();
  const { notes, search, editing, form, mayWrite, isStale, onEdit, onDelete, isWriting, onShowAll } = props;
  if (notes === undefined) return <Skeletons label={words.loading} />;
  if (notes.length === 0 && search === '') return isWriting ? null : <NoNotes />;
  return (
    <>
      {search !== '' && (
        <div className="row" role="status">
          <p>{notes.length === 0 ? words.notFound(search) : words.found(notes.length, search)}</p>
          {notes.length === 0 && <p className="small soft">{words.notFoundAdvice}</p>}
          <button type="button" className="button quiet compact" onClick={onShowAll}>
            {words.clearSearch}
          </button>
        </div>
      )}
      <ul className="plain notes" aria-busy={isStale}>
        {notes.map((note) => (
          <li key={note.id}>
            {editing === note.id && form ? (
              form
            ) : (
              <NoteItem
                note={note}
                mayWrite={mayWrite}
                onEdit={() => onEdit(note)}
                onDelete={() => onDelete(note)}
              />
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function NoNotes() {
  const { notes } = useTexts();
  return (
    <section className="empty">
      <TicketMark />
      <h2>{notes.none}</h2>
      <p className="soft">{notes.noneAdvice}</p>
    </section>
  );
}

function Skeletons({ label }: { label: string }) {
  return (
    <div className="waiting">
      <p className="visually-hidden" role="status">
        {label}
      </p>
      <div className="notes" aria-hidden="true">
        <div className="skeleton skeleton-note" />
        <div className="skeleton skeleton-note" />
        <div className="skeleton skeleton-note" />
      </div>
    </div>
  );
}
