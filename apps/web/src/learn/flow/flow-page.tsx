import type { SignedIn } from '@coatcheck/client';
import type { FlowStep } from '@coatcheck/protocol';
import { useEffect, useState } from 'react';
import { Private } from '../../shell/private.tsx';
import { type Diagnostics, useDiagnostics } from '../diagnostics/use-diagnostics.ts';
import { Causes } from './causes.tsx';
import { Sequence } from './sequence.tsx';
import { StepDetails } from './step-details.tsx';

export function FlowPage() {
  return (
    <>
      <title>Flow · Coatcheck demo</title>
      <Private title="How you were signed in">{(session) => <Flow session={session} />}</Private>
    </>
  );
}

function Flow({ session }: { session: SignedIn }) {
  const diagnostics = useDiagnostics();
  const { steps } = diagnostics;
  const { selected, place, select, move } = useStepping(steps);
  return (
    <>
      <div className="stack">
        <h1>How you were signed in</h1>
        <p>
          Every message of this session, recorded by the server as it happened. Step through it with the
          buttons or the arrow keys; new messages arrive by themselves.
        </p>
      </div>
      <Causes session={session} diagnostics={diagnostics} />
      {steps.length === 0 ? (
        <NoSteps state={diagnostics.state} />
      ) : (
        <div className="flow">
          <Sequence steps={steps} selected={selected} onSelect={select} onMove={move} />
          <section className="card flow-side" aria-label="The step">
            <div className="row">
              <button type="button" className="button compact" disabled={place <= 0} onClick={() => move(-1)}>
                Back
              </button>
              <button
                type="button"
                className="button compact"
                disabled={place >= steps.length - 1}
                onClick={() => move(1)}
              >
                Next
              </button>
              <button
                type="button"
                className="button quiet compact"
                onClick={() => move(Number.POSITIVE_INFINITY)}
              >
                Latest
              </button>
            </div>
            {selected && <StepDetails step={selected} place={place + 1} of={steps.length} />}
          </section>
        </div>
      )}
    </>
  );
}

function NoSteps({ state }: { state: Diagnostics['state'] }) {
  if (state === 'connecting') return <p className="soft waiting">Asking the server what happened…</p>;
  return (
    <section className="notice">
      <h2>{state === 'ended' ? 'The server tells nothing here' : 'Nothing recorded yet'}</h2>
      <p>
        {state === 'ended'
          ? 'Messages are recorded only where `diagnostics` is switched on, as in the demo.'
          : 'The server started anew after you signed in, and it keeps messages in memory only. Call the API, or sign in again.'}
      </p>
    </section>
  );
}

/** Which step is looked at: the first, until somebody moves. At the last step it stays with what is new. */
function useStepping(steps: readonly FlowStep[]) {
  const [place, setPlace] = useState(0);
  const [follows, setFollows] = useState(false);
  const last = steps.length - 1;
  useEffect(() => {
    if (follows) setPlace(last);
  }, [follows, last]);
  const go = (to: number) => {
    const next = Math.max(0, Math.min(last, to));
    setPlace(next);
    setFollows(next === last);
  };
  return {
    place,
    selected: steps[place],
    select: (step: FlowStep) => go(steps.indexOf(step)),
    move: (by: number) => go(place + by),
  };
}
