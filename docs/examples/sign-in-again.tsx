import {
  CoatcheckError,
  createSignInAgain,
  type SessionClient,
  type SignInAgain,
  useSignInAgain,
} from '@coatcheck/react';
import { type SyntheticEvent, useState } from 'react';

interface Props {
  client: SessionClient;
  /** Only this page needs it: it stands in for the popup. */
  openWindow: (url: string) => boolean;
}

export function Example({ client, openWindow }: Props) {
  // In an app, beside createSessionClient() and outside of components.
  const [again] = useState(() => createSignInAgain(client, { openWindow }));
  return (
    <>
      <Editor again={again} />
      <SignInAgainDialog again={again} />
    </>
  );
}

function Editor({ again }: { again: SignInAgain }) {
  const [text, setText] = useState('A note that took an hour');
  const [outcome, setOutcome] = useState('');
  const save = async (event: SyntheticEvent) => {
    event.preventDefault();
    setOutcome('Saving…');
    try {
      const response = await again.fetch('/api/notes', { method: 'POST', body: text });
      setOutcome(response.ok ? 'Saved.' : `Not saved: ${response.status}.`);
    } catch (error) {
      setOutcome(error instanceof CoatcheckError ? `Not saved: ${error.code}.` : 'Not saved: no answer.');
    }
  };
  return (
    <form onSubmit={save}>
      <label>
        Note <input value={text} onChange={(event) => setText(event.target.value)} />
      </label>{' '}
      <button type="submit">Save</button> <span role="status">{outcome}</span>
    </form>
  );
}

function SignInAgainDialog({ again }: { again: SignInAgain }) {
  const { status, waiting, failed, open, cancel } = useSignInAgain(again);
  if (status === 'idle') return null;
  return (
    <div role="alertdialog" aria-label="You are signed out">
      <p>
        {waiting} {waiting === 1 ? 'change waits' : 'changes wait'} for you to sign in again.
        {failed && ` The last try failed: ${failed}.`}
      </p>
      <button type="button" onClick={open}>
        Sign in to save
      </button>{' '}
      <button type="button" onClick={cancel}>
        Give up
      </button>
    </div>
  );
}
