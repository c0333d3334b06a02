import type { SignedIn } from '@coatcheck/client';
import type { FlowStep } from '@coatcheck/protocol';
import { useEffect, useState } from 'react';
import { Private } from '../../shell/private.tsx';
import { type Diagnostics, useDiagnostics } from '../diagnostics/use-diagnostics.ts';
import { Causes } from './causes.tsx';
import { Sequence } from './sequence.tsx';
import { StepDetails } from './step-details.tsx';
import { useFlowWords } from './words/use-flow-words.ts';

export function FlowPage() {
  const { pageTitle, title } = useFlowWords();
  return (
    <>
      <title>{`${pageTitle} · Coatcheck demo`}</title>
      <Private title={title}>{(session) => <Flow session={session} />}</Private>
    </>
  );
}

function Flow({ session }: { session: SignedIn }) {
  const words = useFlowWords();
  const diagnostics = useDiagnostics();
  const { steps } = diagnostics;
  const { selected, place, select, move } = useStepping(steps);
  return (
    <>
      <div className="stack">
        <h1>{words.title}</h1>
        <p>{words.lead}</p>
      </div>
      <Causes session={session} diagnostics={diagnostics} />
      {steps.length === 0 ? (
        <NoSteps state={diagnostics.state} />
      ) : (
        <div className="flow">
          <Sequence steps={steps} selected={selected} onSelect={select} onMove={move} />
          <section className="card flow-side" aria-label={words.step.title}>
            <div className="row">
              <button type="button" className="button compact" disabled={place <= 0} onClick={() => move(-1)}>
                {words.step.back}
              </button>
              <button
                type="button"
                className="button compact"
                disabled={place >= steps.length - 1}
                onClick={() => move(1)}
              >
                {words.step.next}
              </button>
              <button
                type="button"
                className="button quiet compact"
                onClick={() => move(Number.POSITIVE_INFINITY)}
              >
                {words.step.latest}
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
  const words = useFlowWords();
  if (state === 'connecting') return <p className="soft waiting">{words.waiting}</p>;
  const { title, text } = state === 'ended' ? words.off : words.none;
  return (
    <section className="notice">
      <h2>{title}</h2>
      <p>{text}</p>
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
