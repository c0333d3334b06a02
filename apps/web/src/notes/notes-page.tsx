import type { SignedIn } from '@coatcheck/client';
import { useSession } from '@coatcheck/react';
import { useEffect, useRef } from 'react';
import { Refusal } from '../failure/refusal.tsx';
import { useTexts } from '../language/language.tsx';
import { useSearchText } from '../search/use-search-text.ts';
import { Confirmation } from '../shell/confirmation.tsx';
import { Private } from '../shell/private.tsx';
import { type DraftState, useDraft } from './draft.ts';
import { NoteForm } from './note-form.tsx';
import { NoteList } from './note-list.tsx';
import { NotesHeader } from './notes-header.tsx';
import { useNotes } from './use-notes.ts';
import { useNotesKeys } from './use-notes-keys.ts';
import { useRemoval } from './use-removal.ts';
import './notes.css';

export function NotesPage() {
  const drafts = useDraft();
  const { notes, signIn, shell } = useTexts();
  const session = useSession();
  const leftOnPurpose = session.status === 'signed-out' && session.reason === 'signed-out';
  const { dropUnlessOf } = drafts;
  useEffect(() => {
    if (leftOnPurpose) dropUnlessOf(null);
  }, [leftOnPurpose]);
  return (
    <div className="page">
      <title>{`${notes.title} · Coatcheck demo`}</title>
      {drafts.isNotSent && (
        <section className="notice bad" role="alert">
          <h2>{signIn.again.notSent.title}</h2>
          <p>{signIn.again.notSent.advice}</p>
          <button type="button" className="button quiet compact" onClick={drafts.drop}>
            {shell.dismiss}
          </button>
        </section>
      )}
      <Private title={notes.title} keepsDraft={drafts.hasDraft}>
        {(signedIn) => <Notes session={signedIn} drafts={drafts} />}
      </Private>
    </div>
  );
}

function Notes({ session, drafts }: { session: SignedIn; drafts: DraftState }) {
  const owner = session.user.sub;
  const texts = useTexts();
  const { text, setText, search } = useSearchText();
  const { list, notes, save, remove, restore, removeAll } = useNotes(owner, search);
  const onDelete = useRemoval(remove, restore);
  const field = useRef<HTMLInputElement>(null);
  const draft = drafts.draftOf(owner);
  const start = () => {
    if (draft === null) drafts.start(owner);
  };
  useNotesKeys(start, field);
  const { dropUnlessOf } = drafts;
  useEffect(() => dropUnlessOf(owner), [owner]);
  // What may not be done is not offered; the API refuses it all the same. After a sign-in elsewhere, nobody knows it
  // before the first call.
  const mayWrite = session.scopes.length === 0 || session.scopes.includes('notes:write');
  const original = list.data?.find(({ id }) => id === draft?.id) ?? { title: '', body: '' };

  const form = draft !== null && !drafts.isSaving && (
    <NoteForm
      draft={draft}
      isUntouched={draft.title === original.title && draft.body === original.body}
      error={drafts.failure}
      onWrite={drafts.write}
      onSave={() => void drafts.save(save.mutateAsync)}
      onCancel={drafts.drop}
    />
  );
  return (
    <>
      <NotesHeader
        isWriting={draft !== null}
        onNew={start}
        search={text}
        onSearch={setText}
        field={field}
        hasSearch={search !== '' || (notes !== undefined && notes.length > 0)}
      />
      {!mayWrite && (
        <div className="notice">
          <p>{texts.notes.readOnly}</p>
        </div>
      )}
      {draft?.id === null && form}
      {removeAll.isError && <Refusal error={removeAll.error} />}
      {list.isError && <Refusal error={list.error} onRetry={() => void list.refetch()} />}
      {!list.isError && (
        <NoteList
          notes={notes}
          search={search}
          editing={draft?.id ?? null}
          form={form}
          mayWrite={mayWrite}
          isStale={list.isPlaceholderData}
          onEdit={(note) => drafts.start(owner, note)}
          onDelete={onDelete}
          isWriting={draft !== null}
          onShowAll={() => setText('')}
        />
      )}
      {mayWrite && search === '' && notes !== undefined && notes.length > 0 && (
        <div className="row">
          <Confirmation
            label={texts.notes.removeAll}
            className="button danger compact"
            title={texts.notes.removeAllTitle}
            advice={texts.notes.removeAllAdvice}
            no={texts.notes.keepAll}
            yes={texts.notes.yesAll}
            disabled={removeAll.isPending}
            onYes={() => removeAll.mutate()}
          />
        </div>
      )}
      {list.hasNextPage && (
        <button
          type="button"
          className="button quiet"
          disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {list.isFetchingNextPage ? texts.notes.loadingMore : texts.notes.older}
        </button>
      )}
    </>
  );
}
