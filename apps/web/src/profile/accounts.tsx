import { connections, type ProviderView, type SignedIn } from '@coatcheck/client';
import { useSessionClient } from '@coatcheck/react';
import { useState } from 'react';
import { Refusal } from '../failure/refusal.tsx';
import { useTexts } from '../language/language.tsx';
import { useProviders } from '../shell/use-providers.ts';

/** The accounts in this session: the one that signed the person in, and those of other providers beside it. */
export function Accounts({ session }: { session: SignedIn }) {
  const client = useSessionClient();
  const { accounts } = useTexts().profile;
  const asked = useProviders();
  const [work, setWork] = useState<{ isBusy: boolean; said?: string; error?: Error }>({ isBusy: false });

  const run = async (change: () => Promise<void>, said?: string) => {
    setWork({ isBusy: true });
    try {
      await change();
      setWork({ isBusy: false, ...(said === undefined ? {} : { said }) });
    } catch (failure) {
      if (!(failure instanceof Error)) throw failure;
      setWork({ isBusy: false, error: failure });
    }
  };

  return (
    <section className="stack" aria-labelledby="accounts-title">
      <h2 id="accounts-title">{accounts.title}</h2>
      {asked.status === 'loading' && <p className="soft waiting">{accounts.waiting}</p>}
      {asked.status === 'failed' && <Refusal error={asked.error} onRetry={asked.refetch} />}
      <ul className="plain devices wide">
        {(asked.status === 'loaded' ? asked.providers : []).map((provider) => (
          <Account
            key={provider.id}
            provider={provider}
            session={session}
            isBusy={work.isBusy}
            onConnect={() => void run(() => connections(client).connect(provider.id))}
            onDisconnect={() =>
              void run(
                () => connections(client).disconnect(provider.id),
                accounts.disconnected(provider.label),
              )
            }
          />
        ))}
      </ul>
      {work.error !== undefined && <Refusal error={work.error} />}
      <p className="small soft" role="status">
        {work.said}
      </p>
    </section>
  );
}

interface AccountProps {
  provider: ProviderView;
  session: SignedIn;
  isBusy: boolean;
  onConnect: () => void;
  onDisconnect: () => void;
}

function Account({ provider: { id, label }, session, isBusy, onConnect, onDisconnect }: AccountProps) {
  const { accounts } = useTexts().profile;
  const isOwn = session.provider === id;
  const isConnected = session.connections.includes(id);
  return (
    <li className="device">
      <div>
        <p>
          <strong>{label}</strong>
        </p>
        <p className="small soft">
          {isOwn ? accounts.own : isConnected ? accounts.connected : accounts.notConnected}
        </p>
      </div>
      {!isOwn && (
        <button
          type="button"
          className={isConnected ? 'button danger compact' : 'button quiet compact'}
          disabled={isBusy}
          onClick={isConnected ? onDisconnect : onConnect}
        >
          {isConnected ? accounts.disconnect : accounts.connect}
          <span className="visually-hidden"> {label}</span>
        </button>
      )}
    </li>
  );
}
