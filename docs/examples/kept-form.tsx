import { LoginLink, ShowKept, useKeptState, useUser } from '@coatcheck/react';

export function Example() {
  return (
    <ShowKept
      fallback={
        <p>
          Your session is over, what you typed is not. <LoginLink>Sign in again</LoginLink>
        </p>
      }
    >
      <Form />
    </ShowKept>
  );
}

function Form() {
  const [title, setTitle] = useKeptState('note-title', (kept) => (typeof kept === 'string' ? kept : ''));
  return (
    <label>
      {useUser()?.name} writes <input value={title} onChange={(event) => setTitle(event.target.value)} />
    </label>
  );
}
