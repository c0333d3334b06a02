import { useEffect, useRef, useState } from 'react';
import type { Note } from '../api.ts';
import { dayAndTime } from '../shell/day-and-time.ts';

interface NoteItemProps {
  note: Note;
  /** The session's scopes let this person change notes. */
  mayWrite: boolean;
  onEdit: () => void;
  onDelete: () => void;
}

export function NoteItem({ note, mayWrite, onEdit, onDelete }: NoteItemProps) {
  const [isAsking, setAsking] = useState(false);
  return (
    <article className="note">
      <h2>{note.title}</h2>
      {note.body !== '' && <p className="note-body">{note.body}</p>}
      <p className="small soft">Changed {dayAndTime(note.updatedAt, Date.now())}</p>
      {mayWrite && !isAsking && (
        <div className="row">
          <button type="button" className="button quiet compact" onClick={onEdit}>
            Edit<span className="visually-hidden"> “{note.title}”</span>
          </button>
          <button type="button" className="button danger compact" onClick={() => setAsking(true)}>
            Delete<span className="visually-hidden"> “{note.title}”</span>
          </button>
        </div>
      )}
      {isAsking && <Question note={note} onYes={onDelete} onNo={() => setAsking(false)} />}
    </article>
  );
}

function Question({ note, onYes, onNo }: { note: Note; onYes: () => void; onNo: () => void }) {
  const no = useRef<HTMLButtonElement>(null);
  useEffect(() => no.current?.focus(), []);
  return (
    <fieldset className="row question">
      <legend>Delete “{note.title}”? It cannot be brought back.</legend>
      <button type="button" className="button quiet compact" ref={no} onClick={onNo}>
        Keep it
      </button>
      <button type="button" className="button danger compact" onClick={onYes}>
        Delete it
      </button>
    </fieldset>
  );
}
