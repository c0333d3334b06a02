import type { SignedIn } from '@coatcheck/client';
import { useSessionClient } from '@coatcheck/react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Private } from '../../shell/private.tsx';
import { AttackTable } from './attack-table.tsx';
import { createLabClient, type LabClient, type Places } from './lab-client.ts';
import { useLabWords } from './words/use-lab-words.ts';
import './lab.css';

export function LabPage() {
  const { title } = useLabWords();
  return (
    <>
      <title>{`${title} · Coatcheck demo`}</title>
      <Private title={title}>{(session) => <Lab session={session} />}</Private>
    </>
  );
}

function Lab({ session }: { session: SignedIn }) {
  const { fetch: send } = useSessionClient();
  const lab = useMemo(() => createLabClient(send), [send]);
  const words = useLabWords();
  const { name, email, sub } = session.user;
  const places = useQuery({ queryKey: ['lab', 'places'], queryFn: lab.places });
  return (
    <>
      <div className="stack lab-intro">
        <h1>{words.title}</h1>
        <p>{words.lead(name ?? email ?? sub)}</p>
        <p>
          <strong>{words.honest}</strong> <a href="#limits">{words.honestLink}</a>
        </p>
      </div>
      {places.isError && (
        <section className="notice">
          <h2>{words.off.title}</h2>
          <p>{words.off.text}</p>
        </section>
      )}
      {places.isSuccess && <Table lab={lab} places={places.data} />}
      {places.isSuccess && <Limits attacker={places.data.attacker} />}
    </>
  );
}

function Table({ lab, places }: { lab: LabClient; places: Places }) {
  const words = useLabWords();
  const queries = useQueryClient();
  const received = useQuery({ queryKey: ['lab', 'received'], queryFn: lab.received, refetchInterval: 1_000 });
  const look = () => queries.invalidateQueries({ queryKey: ['lab', 'received'] });
  const forget = useMutation({ mutationFn: lab.forget, onSettled: look });
  return (
    <div className="stack">
      <AttackTable
        // Emptied, it starts afresh.
        key={forget.submittedAt}
        lab={lab}
        places={places}
        records={received.data ?? []}
        onRun={look}
      />
      <div className="row">
        <button type="button" className="button quiet compact" onClick={() => forget.mutate()}>
          {words.forget}
        </button>
        <p className="small soft">{words.local}</p>
      </div>
    </div>
  );
}

function Limits({ attacker }: { attacker: string }) {
  const { limits } = useLabWords();
  return (
    <section className="stack lab-limits" aria-labelledby="limits">
      <h2 id="limits">{limits.title}</h2>
      <p>{limits.text}</p>
      <dl className="wide">
        {limits.items(attacker).map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
