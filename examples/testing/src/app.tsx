import { LoginLink, LogoutButton, useSession } from '@coatcheck/react';
import { Notes } from './notes.tsx';

export function App() {
  const session = useSession();
  if (session.status === 'signed-in')
    return (
      <>
        <header>
          {session.user.name} <LogoutButton>Sign out</LogoutButton>
        </header>
        <main>
          <Notes />
        </main>
      </>
    );
  if (session.status === 'signed-out')
    return (
      <main>
        <h1>Notes</h1>
        <LoginLink>Sign in</LoginLink>
      </main>
    );
  return <main>{session.status === 'unavailable' ? 'The server cannot be reached.' : 'One moment…'}</main>;
}
