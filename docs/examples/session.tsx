import { LoginLink, LogoutButton, Show, useSession, useUser } from '@coatcheck/react';

export function Example() {
  return (
    <Show when="signed-in" fallback={<Front />}>
      <Greeting />
      <LogoutButton>Sign out</LogoutButton>
    </Show>
  );
}

function Greeting() {
  const user = useUser();
  return <p>Hello {user?.name}. Your claims are here, your tokens are not.</p>;
}

function Front() {
  const session = useSession();
  switch (session.status) {
    case 'signed-out':
      return (
        <>
          <p>{session.reason === 'none' ? 'Welcome.' : `You are signed out: ${session.reason}.`}</p>
          <LoginLink>Sign in</LoginLink>
        </>
      );
    case 'unavailable':
      return <p role="alert">{session.error.detail}</p>;
    default:
      return <p>One moment…</p>;
  }
}
