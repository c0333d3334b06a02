import { LoginLink, Show, useSessions } from '@coatcheck/react';

export function Example() {
  return (
    <Show when="signed-in" fallback={<LoginLink>Sign in</LoginLink>}>
      <Devices />
    </Show>
  );
}

function Devices() {
  const list = useSessions();
  if (list.status === 'loading') return <p>One moment…</p>;
  if (list.status === 'failed') return <p role="alert">{list.error.detail}</p>;
  return (
    <>
      <ul>
        {list.sessions.map(({ id, device, current, lastSeenAt }) => (
          <li key={id}>
            {device}, last seen {lastSeenAt.toLocaleDateString()}{' '}
            {current ? (
              '(this one)'
            ) : (
              <button type="button" onClick={() => list.end(id)} aria-label={`End ${device}`}>
                End
              </button>
            )}
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => list.endOthers()} disabled={list.sessions.length < 2}>
        Sign out everywhere else
      </button>
    </>
  );
}
