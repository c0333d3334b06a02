import { useEffect, useState } from 'react';
import { useNow } from '../../profile/use-now.ts';
import { ClaimTable } from './claim-table.tsx';
import { type ExampleName, exampleNames } from './example-names.ts';
import type { Expectations, Inspection } from './verify.ts';
import type { TokenWords } from './words/english.tsx';
import { useTokenWords } from './words/use-token-words.ts';

const algorithms = ['RS256', 'ES256', 'EdDSA', 'HS256'] as const;
const atFirst: Expectations = { algorithm: 'RS256', key: '', issuer: '', audience: '' };

/** Takes any JWT apart and verifies it, in this browser alone. */
export function Decoder() {
  const [token, setToken] = useState('');
  const [expected, setExpected] = useState(atFirst);
  const { decoder, checks } = useTokenWords();
  const inspection = useInspection(token.trim(), expected, checks);
  const change = (part: Partial<Expectations>) => setExpected((before) => ({ ...before, ...part }));
  const show = async (name: ExampleName) => {
    const { makeExample } = await import('./examples.ts');
    const example = await makeExample(name, Date.now());
    setToken(example.token);
    setExpected(example.expected);
  };
  return (
    <section className="page" aria-labelledby="decoder-title">
      <div className="stack">
        <h2 id="decoder-title">{decoder.title}</h2>
        <p>{decoder.lead}</p>
        <ul className="plain row" aria-label={decoder.examplesTitle}>
          {exampleNames.map((name) => (
            <li key={name}>
              <button type="button" className="button quiet compact" onClick={() => void show(name)}>
                {decoder.examples[name]}
              </button>
            </li>
          ))}
        </ul>
      </div>
      <div className="decoder-grid">
        <div className="card">
          <div className="field">
            <label htmlFor="jwt">{decoder.token}</label>
            <textarea
              id="jwt"
              rows={8}
              spellCheck={false}
              autoComplete="off"
              value={token}
              onChange={(event) => setToken(event.target.value)}
            />
          </div>
          <div className="field">
            <label htmlFor="jwt-algorithm">{decoder.algorithm}</label>
            <select
              id="jwt-algorithm"
              className="button quiet"
              value={expected.algorithm}
              onChange={(event) => change({ algorithm: event.target.value })}
            >
              {algorithms.map((algorithm) => (
                <option key={algorithm}>{algorithm}</option>
              ))}
            </select>
          </div>
          <div className="field">
            <label htmlFor="jwt-key">
              {expected.algorithm.startsWith('HS') ? decoder.secret : decoder.key}
            </label>
            <textarea
              id="jwt-key"
              spellCheck={false}
              autoComplete="off"
              value={expected.key}
              onChange={(event) => change({ key: event.target.value })}
            />
          </div>
          <div className="field">
            <label htmlFor="jwt-issuer">{decoder.issuer}</label>
            <input
              id="jwt-issuer"
              value={expected.issuer}
              onChange={(event) => change({ issuer: event.target.value })}
            />
          </div>
          <div className="field">
            <label htmlFor="jwt-audience">{decoder.audience}</label>
            <input
              id="jwt-audience"
              value={expected.audience}
              onChange={(event) => change({ audience: event.target.value })}
            />
          </div>
        </div>
        <Verdict inspection={inspection} />
      </div>
    </section>
  );
}

function Verdict({ inspection }: { inspection: Inspection | null }) {
  const { decoder, table } = useTokenWords();
  const now = useNow();
  if (inspection === null) {
    return (
      <div className="card">
        <p className="soft">{decoder.empty}</p>
      </div>
    );
  }
  if (inspection.kind === 'not-a-jwt') {
    return (
      <div className="notice bad" role="status">
        <h3>{decoder.notJwt}</h3>
        <p>{inspection.reason}</p>
      </div>
    );
  }
  const { checks, header, payload } = inspection;
  const isRefused = checks.some(({ outcome }) => outcome === 'bad');
  const isOpen = checks.some(({ outcome }) => outcome === 'open');
  return (
    <div className="card">
      <p className={`verdict-tag ${isRefused ? 'bad' : isOpen ? '' : 'good'}`} role="status">
        {isRefused ? decoder.refused : isOpen ? decoder.open : decoder.accepted}
      </p>
      <ul className="plain checks">
        {checks.map(({ outcome, text }) => (
          <li key={text} className={outcome}>
            <span>{text}</span>
          </li>
        ))}
      </ul>
      <ClaimTable title={table.header} claims={header} now={now} />
      <ClaimTable title={table.payload} claims={payload} now={now} />
      <p className="small soft">{decoder.readable}</p>
    </div>
  );
}

/** Null while there is nothing to look at. The verifier is loaded when it is first needed. */
function useInspection(
  token: string,
  expected: Expectations,
  words: TokenWords['checks'],
): Inspection | null {
  const [inspection, setInspection] = useState<Inspection | null>(null);
  useEffect(() => {
    if (token === '') {
      setInspection(null);
      return;
    }
    let isCurrent = true;
    void import('./verify.ts')
      .then(({ inspect }) => inspect(token, expected, Date.now(), words))
      .then((next) => {
        if (isCurrent) setInspection(next);
      });
    return () => {
      isCurrent = false;
    };
  }, [token, expected, words]);
  return inspection;
}
