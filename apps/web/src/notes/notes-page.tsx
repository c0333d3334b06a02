import type { SignedIn } from '@coatcheck/client';
import { Refusal } from '../failure/refusal.tsx';
import { Private } from '../shell/private.tsx';
import { DeleteAll } from './delete-all.tsx';
import { type DraftState, useDraft } from './draft.ts';
import { NoteForm } from './note-form.tsx';
import { NoteItem } from './note-item.tsx';
import { useNotes } from './use-notes.ts';
import './notes.css';

export function NotesPage() {
  const drafts = useDraft();
  return (
    <div className="page">
      <title>Notes · Coatcheck demo</title>
      <Private title="Notes" keepsDraft={drafts.hasDraft}>
        {(session) => <Notes session={session} drafts={drafts} />}
      </Private>
    </div>
  );
}

function Notes({ session, drafts }: { session: SignedIn; drafts: DraftState }) {
  const owner = session.user.sub;
  const { list, save, remove, removeAll } = useNotes(owner);
  const draft = drafts.draftOf(owner);
  // What may not be done is not offered; the API refuses it all the same. After a sign-in elsewhere, the scopes here
  // are that provider's, and the home server gives the API's own.
  const mayWrite = session.provider !== 'demo' || session.scopes.includes('notes:write');

  const form = draft !== null && (
    <NoteForm
      draft={draft}
      isSaving={save.isPending}
      error={save.error}
      onWrite={drafts.write}
      onSave={() => save.mutate(draft, { onSuccess: drafts.drop })}
      onLeave={drafts.keep}
      onCancel={() => {
        save.reset();
        drafts.drop();
      }}
    />
  );
  return (
    <>
      <header className="page-head">
        <h1>Notes</h1>
        {draft === null && (
          <button type="button" className="button" onClick={() => drafts.start(owner)}>
            New note
          </button>
        )}
      </header>
      {!mayWrite && (
        <div className="notice">
          <p>
            You can read your notes. Writing needs the permission <code>notes:write</code>, which this session
            does not have: you are asked for it when you save.
          </p>
        </div>
      )}
      {draft?.id === null && form}
      {remove.isError && <Refusal error={remove.error} onLeave={drafts.keep} />}
      {removeAll.isError && <Refusal error={removeAll.error} onLeave={drafts.keep} />}
      {list.isPending && <p className="soft waiting">Loading your notes…</p>}
      {list.isError && <Refusal error={list.error} onRetry={() => void list.refetch()} />}
      {list.data?.length === 0 && draft === null && <p className="soft">You have no notes yet.</p>}
      {list.data !== undefined && list.data.length > 0 && (
        <ul className="plain notes">
          {list.data.map((note) => (
            <li key={note.id}>
              {draft?.id === note.id ? (
                form
              ) : (
                <NoteItem
                  note={note}
                  mayWrite={mayWrite}
                  onEdit={() => drafts.start(owner, note)}
                  onDelete={() => remove.mutate(note.id)}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {mayWrite && list.data !== undefined && list.data.length > 0 && (
        <DeleteAll isBusy={removeAll.isPending} onYes={() => removeAll.mutate()} />
      )}
      {list.hasNextPage && (
        <button
          type="button"
          className="button quiet"
          disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {list.isFetchingNextPage ? 'Loading…' : 'Older notes'}
        </button>
      )}
    </>
  );
}
