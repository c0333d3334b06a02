import { useSession } from '@coatcheck/react';

export function Example() {
  const session = useSession();
  return (
    <>
      <Standing {...session} />
      <button type="button" onClick={() => session.refetch()}>
        Ask the server
      </button>
    </>
  );
}

function Standing(session: ReturnType<typeof useSession>) {
  switch (session.status) {
    case 'signed-in':
      return (
        <>
          <p>{session.user.name} is signed in.</p>
          {session.stale && <p role="status">You are offline: {session.error?.detail}</p>}
        </>
      );
    case 'unavailable':
      return <p role="alert">The server never answered: {session.error.detail}</p>;
    default:
      return <p>{session.status}</p>;
  }
}
