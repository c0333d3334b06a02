import type { FlowStep, HeldToken } from '@coatcheck/protocol';
import { pathsUnder, useSessionClient } from '@coatcheck/react';
import { useEffect, useState } from 'react';
import { parsed, readStep, readTokens } from './read.ts';

/** What the server tells of this session while the page is open. */
export interface Diagnostics {
  readonly state: 'connecting' | 'live' | 'ended';
  readonly steps: readonly FlowStep[];
  /** Null until the server told of them. */
  readonly tokens: readonly HeldToken[] | null;
}

const nothing: Diagnostics = { state: 'connecting', steps: [], tokens: null };

/** Follows `/bff/diagnostics`. Only for somebody who is signed in. */
export function useDiagnostics(): Diagnostics {
  const address = pathsUnder(useSessionClient().basePath).diagnostics;
  const [diagnostics, setDiagnostics] = useState(nothing);
  useEffect(() => {
    const stream = new EventSource(address);
    const change = (next: (before: Diagnostics) => Diagnostics) => setDiagnostics(next);
    stream.onopen = () => change((before) => ({ ...before, state: 'live' }));
    // The browser connects again by itself, except where the server refused.
    stream.onerror = () =>
      change((before) => ({
        ...before,
        state: stream.readyState === EventSource.CLOSED ? 'ended' : 'connecting',
      }));
    stream.addEventListener('flow', ({ data }) => {
      const step = readStep(parsed(String(data)));
      if (step) change((before) => ({ ...before, steps: withStep(before.steps, step) }));
    });
    stream.addEventListener('tokens', ({ data }) =>
      change((before) => ({ ...before, tokens: readTokens(parsed(String(data))) })),
    );
    return () => stream.close();
  }, [address]);
  return diagnostics;
}

/** A connection that is made anew tells everything again. */
function withStep(steps: readonly FlowStep[], step: FlowStep): readonly FlowStep[] {
  if (steps.some(({ id, at }) => id === step.id && at === step.at)) return steps;
  return [...steps, step];
}
