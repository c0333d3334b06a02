/** What happened, in words, for whoever looks into a failure. Off unless a history is told again. */
export interface Trace {
  readonly lines: readonly TraceLine[];
  /** @param text only made when somebody will read it */
  say(session: string | undefined, text: () => string): void;
}

export interface TraceLine {
  readonly time: number;
  /** Undefined for what concerns all. */
  readonly session: string | undefined;
  readonly text: string;
}

export function createTrace(on: boolean, now: () => number): Trace {
  const lines: TraceLine[] = [];
  return {
    lines,
    say(session, text) {
      if (on) lines.push({ time: now(), session, text: text() });
    },
  };
}

/** The last lines that concern a session, one per event. */
export function renderTrace(trace: Trace, session: string | undefined, most: number): string {
  return trace.lines
    .filter((line) => line.session === undefined || session === undefined || line.session === session)
    .slice(-most)
    .map(({ time, text }) => `${(time / 1_000).toFixed(3).padStart(10)}  ${text}`)
    .join('\n');
}
