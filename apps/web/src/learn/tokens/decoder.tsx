import { useEffect, useState } from 'react';
import { useNow } from '../../profile/use-now.ts';
import { ClaimTable } from './claim-table.tsx';
import { type ExampleName, exampleNames, exampleOrder } from './example-names.ts';
import type { Expectations, Inspection } from './verify.ts';

const algorithms = ['RS256', 'ES256', 'EdDSA', 'HS256'] as const;
const atFirst: Expectations = { algorithm: 'RS256', key: '', issuer: '', audience: '' };

/** Takes any JWT apart and verifies it, in this browser alone. */
export function Decoder() {
  const [token, setToken] = useState('');
  const [expected, setExpected] = useState(atFirst);
  const inspection = useInspection(token.trim(), expected);
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
        <h2 id="decoder-title">Decode and verify any JWT</h2>
        <p>It stays in this page: nothing is sent anywhere, and nothing is kept. Or begin with an example:</p>
        <ul className="plain row" aria-label="Examples">
          {exampleOrder.map((name) => (
            <li key={name}>
              <button type="button" className="button quiet compact" onClick={() => void show(name)}>
                {exampleNames[name]}
              </button>
            </li>
          ))}
        </ul>
      </div>
      <div className="decoder-grid">
        <div className="card">
          <div className="field">
            <label htmlFor="jwt">Token</label>
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
            <label htmlFor="jwt-algorithm">Accepted algorithm</label>
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
              {expected.algorithm.startsWith('HS') ? 'Shared secret' : 'Public key (JWK)'}
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
            <label htmlFor="jwt-issuer">Expected issuer</label>
            <input
              id="jwt-issuer"
              value={expected.issuer}
              onChange={(event) => change({ issuer: event.target.value })}
            />
          </div>
          <div className="field">
            <label htmlFor="jwt-audience">Expected audience</label>
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
  const now = useNow();
  if (inspection === null) {
    return (
      <div className="card">
        <p className="soft">Paste a token, or choose an example. The verdict comes here.</p>
      </div>
    );
  }
  if (inspection.kind === 'not-a-jwt') {
    return (
      <div className="notice bad" role="status">
        <h3>Not a JWT</h3>
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
        {isRefused ? 'Refused' : isOpen ? 'Not decided' : 'Accepted'}
      </p>
      <ul className="plain checks">
        {checks.map(({ outcome, text }) => (
          <li key={text} className={outcome}>
            <span>{text}</span>
          </li>
        ))}
      </ul>
      <ClaimTable title="Header" claims={header} now={now} />
      <ClaimTable title="Payload" claims={payload} now={now} />
      <p className="small soft">
        Anybody can read a JWT: it is encoded, not encrypted. Decoding proves nothing; the signature and the
        checks above do.
      </p>
    </div>
  );
}

/** Null while there is nothing to look at. The verifier is loaded when it is first needed. */
function useInspection(token: string, expected: Expectations): Inspection | null {
  const [inspection, setInspection] = useState<Inspection | null>(null);
  useEffect(() => {
    if (token === '') {
      setInspection(null);
      return;
    }
    let isCurrent = true;
    void import('./verify.ts')
      .then(({ inspect }) => inspect(token, expected, Date.now()))
      .then((next) => {
        if (isCurrent) setInspection(next);
      });
    return () => {
      isCurrent = false;
    };
  }, [token, expected]);
  return inspection;
}
