import type { Verdict } from './verdict.ts';
import { useLabWords } from './words/use-lab-words.ts';

/** The verdict in words, and how long what was stolen is still good. */
export function VerdictLine({ verdict, now }: { verdict: Verdict; now: number }) {
  const words = useLabWords();
  return (
    <div className="lab-verdict">
      <strong role="status">{words.verdicts[nameOf(verdict)]}</strong>
      {verdict.kind === 'stolen' && (
        <p className="small">
          {verdict.until !== null && <span className="lab-countdown">{countdown(verdict.until)}</span>}
          {verdict.renewable && <span>{words.renewable}</span>}
        </p>
      )}
    </div>
  );

  function countdown(until: Date): string {
    const seconds = Math.ceil((until.getTime() - now) / 1_000);
    return seconds > 0 ? words.usable(seconds) : words.ranOut;
  }
}

function nameOf(verdict: Verdict) {
  if (verdict.kind !== 'forged') return verdict.kind;
  if (verdict.written === undefined) return 'sent';
  return verdict.written ? 'written' : 'unwritten';
}
