import { CoatcheckError, type SessionClient, type SignInAgain } from '@coatcheck/client';
import {
  LoginLink,
  LogoutButton,
  ShowKept,
  useKeptState,
  useSession,
  useSignInAgain,
} from '@coatcheck/react';
import { useEffect, useState } from 'react';

interface StartProps {
  client: SessionClient;
  again: SignInAgain;
}

export function Start({ client, again }: StartProps) {
  const session = useSession();
  const { status, waiting, open } = useSignInAgain(again);
  const [answer, setAnswer] = useState('');
  const call = async (fetch: SessionClient['fetch'], address: string) =>
    setAnswer(await answerOf(fetch, address));
  const elsewhere = new URLSearchParams(location.search).get('elsewhere') ?? '';
  useEffect(() => {
    document.body.dataset.mounts = String(Number(document.body.dataset.mounts ?? 0) + 1);
  }, []);
  return (
    <main>
      <h1>SDK</h1>
      <pre data-testid="session">{JSON.stringify(session, null, 1)}</pre>
      <LoginLink>Sign in</LoginLink>
      <LogoutButton local>Sign out</LogoutButton>
      <button type="button" onClick={() => void session.refetch()}>
        Ask again
      </button>
      <button type="button" onClick={() => void call(client.fetch, '/api/whoami')}>
        Call
      </button>
      <button type="button" onClick={() => void call(again.fetch, '/api/whoami')}>
        Call or wait
      </button>
      <button type="button" onClick={() => void call(client.fetch, elsewhere)}>
        Call elsewhere
      </button>
      <button type="button" onClick={open}>
        Sign in again
      </button>
      <output>{answer}</output>
      <p data-testid="waiting">
        {status} {waiting}
      </p>
      <ShowKept fallback={<p>Nobody is here</p>}>
        <Form />
      </ShowKept>
    </main>
  );
}

function Form() {
  const [text, setText] = useKeptState('text', (kept) => (typeof kept === 'string' ? kept : ''));
  const [other, setOther] = useState('');
  return (
    <form>
      <input aria-label="Kept" value={text} onChange={(event) => setText(event.target.value)} />
      <input aria-label="Only here" value={other} onChange={(event) => setOther(event.target.value)} />
    </form>
  );
}

async function answerOf(fetch: SessionClient['fetch'], address: string): Promise<string> {
  try {
    return String((await fetch(address)).status);
  } catch (error) {
    if (!(error instanceof CoatcheckError)) return 'no answer';
    return `${error.code}${error.retryAfter === undefined ? '' : ` ${error.retryAfter}`}`;
  }
}
