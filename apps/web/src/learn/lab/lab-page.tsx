import type { SignedIn } from '@coatcheck/client';
import { useSessionClient } from '@coatcheck/react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useNow } from '../../profile/use-now.ts';
import { Private } from '../../shell/private.tsx';
import { createLabClient, type Places } from './lab-client.ts';
import { ScenarioSection } from './scenario-section.tsx';
import { scenarios } from './scenarios.ts';

export function LabPage() {
  return (
    <>
      <title>Attack lab · Coatcheck demo</title>
      <Private title="Attack lab">{(session) => <Lab session={session} />}</Private>
    </>
  );
}

function Lab({ session }: { session: SignedIn }) {
  const { fetch: send } = useSessionClient();
  const lab = useMemo(() => createLabClient(send), [send]);
  const queries = useQueryClient();
  const now = useNow();
  const places = useQuery({ queryKey: ['lab', 'places'], queryFn: lab.places });
  const received = useQuery({
    queryKey: ['lab', 'received'],
    queryFn: lab.received,
    refetchInterval: 1_000,
    enabled: places.isSuccess,
  });
  const again = () => queries.invalidateQueries({ queryKey: ['lab', 'received'] });
  const use = useMutation({
    mutationFn: (from: 'storage' | 'coatcheck') => lab.use(from, 'logout'),
    onSettled: again,
  });
  const forget = useMutation({ mutationFn: lab.forget, onSettled: again });
  return (
    <>
      <div className="stack">
        <h1>Attack lab</h1>
        <p>
          Suppose an attacker’s script runs in the page: a dependency that was taken over, a text that was not
          escaped. Run the same attacks on an app that keeps its tokens in localStorage and on this very app,
          with your own session as {session.user.name ?? 'you'}, and see what the attacker’s server receives.
        </p>
        <p className="small soft">
          Everything stays on this machine. The first run on the localStorage app asks you to sign in there.
        </p>
      </div>
      {places.isError && (
        <section className="notice">
          <h2>The lab is not running</h2>
          <p>Its servers come with the demo alone, and never outside of it.</p>
        </section>
      )}
      {places.isSuccess && (
        <>
          {scenarios.map((scenario) => (
            <ScenarioSection
              key={scenario.id}
              scenario={scenario}
              places={places.data}
              records={received.data?.filter((record) => record.scenario === scenario.id) ?? []}
              now={now}
              onUse={use.mutate}
              onRun={again}
            />
          ))}
          <Limits places={places.data} />
          <div className="row">
            <button type="button" className="button quiet" onClick={() => forget.mutate()}>
              Empty the attacker’s server
            </button>
          </div>
        </>
      )}
    </>
  );
}

function Limits({ places }: { places: Places }) {
  return (
    <section className="scenario stack" aria-labelledby="limits-title">
      <h2 id="limits-title">What a BFF does not stop, and what limits it</h2>
      <p>
        Script in the page can do what the page can do while it is open. A BFF takes away the tokens, and with
        them everything that outlives the page and works from elsewhere. For the rest:
      </p>
      <ul>
        <li>
          <strong>Content-Security-Policy</strong>: only this app’s own script files run, nothing inline; no
          frames, and no fetch to anybody else. It makes getting in much harder. It does not stop a window
          that is opened at <code>{places.attacker}</code>.
        </li>
        <li>
          <strong>Step-up</strong>: what cannot be undone asks for a fresh sign-in, which no script can give.
        </li>
        <li>
          <strong>Short idle time, sessions that can be ended</strong>: see them on your profile.
        </li>
        <li>
          <strong>Routes as an allow-list, scopes per route</strong>: the page reaches only what it needs.
        </li>
      </ul>
    </section>
  );
}
