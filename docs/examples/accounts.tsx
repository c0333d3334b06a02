import { CoatcheckError, connections, LoginLink, useSession, useSessionClient } from '@coatcheck/react';
import { useState } from 'react';

export function Example() {
  const session = useSession();
  const client = useSessionClient();
  const [failure, setFailure] = useState<string | null>(null);
  if (session.status !== 'signed-in') return <LoginLink>Sign in</LoginLink>;

  const accounts = connections(client);
  const isConnected = session.connections.includes('github');
  const change = async () => {
    try {
      await (isConnected ? accounts.disconnect('github') : accounts.connect('github'));
    } catch (error) {
      if (!(error instanceof CoatcheckError)) throw error;
      setFailure(error.detail);
    }
  };
  return (
    <>
      <p>
        Signed in at {session.provider}. Grants of: {session.connections.join(', ')}.
      </p>
      <button type="button" onClick={change}>
        {isConnected ? 'Disconnect GitHub' : 'Connect GitHub'}
      </button>
      {failure && <p role="alert">{failure}</p>}
    </>
  );
}
