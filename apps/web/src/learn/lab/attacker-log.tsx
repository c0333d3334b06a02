import type { AttackerRecord, Finding, StolenToken } from './findings.ts';
import type { Met } from './payload.ts';
import type { LabWords } from './words/english.ts';
import { useLabWords } from './words/use-lab-words.ts';

interface AttackerLogProps {
  readonly records: readonly AttackerRecord[];
  readonly met: readonly Met[];
}

/** Line by line what the attacker's server has of one app, and what the script met on its way there. */
export function AttackerLog({ records, met }: AttackerLogProps) {
  const words = useLabWords();
  if (records.length === 0) return null;
  return (
    <details className="lab-log small">
      <summary>{words.log(records.length)}</summary>
      <ul className="plain">
        {records.map(({ id, finding }) => (
          <li key={id}>
            {'tokens' in finding && finding.tokens.map((token) => <Stolen key={token.kind} token={token} />)}
            <span>{lineFor(finding, words)}</span>
          </li>
        ))}
      </ul>
      {met.length > 0 && (
        <>
          <p>{words.metTitle}:</p>
          <ul>
            {met.map((one) => (
              <li key={one}>{words.met[one]}</li>
            ))}
          </ul>
        </>
      )}
    </details>
  );
}

function Stolen({ token }: { token: StolenToken }) {
  const words = useLabWords();
  return (
    <strong>
      {words.tokenKinds[token.kind]} <code>{token.beginning}…</code> ({words.characters(token.length)})
    </strong>
  );
}

function lineFor(finding: Finding, words: LabWords): string {
  switch (finding.what) {
    case 'tokens':
      return `${words.ways[finding.way]} ${finding.answer ? words.answer(finding.answer) : ''}`;
    case 'renewed':
      return `${words.renewed} ${finding.answer ? words.answer(finding.answer) : ''}`;
    case 'nothing':
      return words.nothing(finding.readable);
    case 'data':
      return words.data(finding.name, finding.email);
    case 'code-refused':
      return words.codeRefused(finding.status, finding.error);
    case 'renewal-refused':
      return words.renewalRefused(finding.error);
    case 'no-loot':
      return words.noLoot;
    case 'form-sent':
      return words.formSent;
  }
}
