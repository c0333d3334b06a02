import { LoginLink, LogoutButton, useSession } from '@coatcheck/react';
import { Notes } from './notes.tsx';

export function App() {
  const state = useSession();
  return (
    <>
      <header>
        <strong>My app</strong>
        {state.status === 'signed-in' && (
          <span>
            {state.user.name ?? state.user.sub} <LogoutButton />
          </span>
        )}
        {state.status === 'signed-out' && <LoginLink>Sign in</LoginLink>}
      </header>
      <main>
        {state.status === 'signed-in' && <Notes />}
        {state.status === 'signed-out' && <p>Sign in to see your notes. No token will reach this page.</p>}
        {state.status === 'unavailable' && <p role="alert">The server cannot be reached.</p>}
      </main>
    </>
  );
}
