import { LoginLink, useKeptState, useSession } from '@coatcheck/react';

export function Example() {
  const session = useSession();
  const [title, setTitle] = useKeptState('note-title', (kept) => (typeof kept === 'string' ? kept : ''));
  return (
    <>
      <label>
        Title <input value={title} onChange={(event) => setTitle(event.target.value)} />
      </label>
      {session.status === 'signed-in' && <p>Written by {session.user.name}.</p>}
      {session.status === 'signed-out' && (
        <p role="status">
          Your session is over, what you typed is not. <LoginLink>Sign in again</LoginLink>
        </p>
      )}
    </>
  );
}
