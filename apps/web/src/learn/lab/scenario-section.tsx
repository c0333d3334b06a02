import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../api-context.tsx';
import { timeLeft } from '../../shell/time-left.ts';
import type { AttackerRecord, Places } from './lab-client.ts';
import { attackThisPage } from './payload.ts';
import type { Scenario, Victim } from './scenarios.ts';

interface ScenarioSectionProps {
  readonly scenario: Scenario;
  readonly places: Places;
  readonly records: readonly AttackerRecord[];
  readonly now: number;
  onUse(from: Victim): void;
  onRun(): void;
}

/** One attack on both apps, and what the attacker's server received of each. */
export function ScenarioSection({ scenario, places, records, now, onUse, onRun }: ScenarioSectionProps) {
  const { id, title, text, outcome, worksHereToo = false } = scenario;
  const api = useApi();
  const attack = useMutation({
    mutationFn: () => attackThisPage(id, places, api),
    onSettled: onRun,
    gcTime: 0,
  });
  return (
    <section className="scenario" aria-labelledby={`${id}-title`}>
      <div className="stack">
        <h2 id={`${id}-title`}>{title}</h2>
        <p>{text}</p>
      </div>
      <div className="lab-columns">
        <section className="card lab-side weak" aria-label={`${title}: tokens in localStorage`}>
          <h3>Tokens in localStorage</h3>
          <p>{outcome.storage ?? 'Not applicable: there is no cookie to ride on.'}</p>
          {outcome.storage !== null && (
            <div className="row">
              <a
                className="button danger compact"
                href={`${places.weakApp}/?attack=${id}`}
                target="_blank"
                rel="noopener"
              >
                Run the attack there
              </a>
              {id === 'logout' && <UseButton onUse={() => onUse('storage')} />}
            </div>
          )}
          <Received records={records.filter(({ from }) => from === 'storage')} now={now} />
        </section>
        <section
          className={worksHereToo ? 'card lab-side weak' : 'card lab-side strong'}
          aria-label={`${title}: behind Coatcheck`}
        >
          <h3>Behind Coatcheck</h3>
          <p>{outcome.coatcheck}</p>
          <div className="row">
            <button
              type="button"
              className="button danger compact"
              disabled={attack.isPending}
              onClick={() => attack.mutate()}
            >
              Run the attack here
            </button>
            {id === 'logout' && <UseButton onUse={() => onUse('coatcheck')} />}
          </div>
          {attack.isSuccess && (
            <ul className="small" aria-label="What the script met">
              {attack.data.map((met) => (
                <li key={met}>{met}</li>
              ))}
            </ul>
          )}
          {attack.isError && <p role="alert">The script failed: {attack.error.message}</p>}
          <Received records={records.filter(({ from }) => from === 'coatcheck')} now={now} />
        </section>
      </div>
    </section>
  );
}

function UseButton({ onUse }: { onUse: () => void }) {
  return (
    <button type="button" className="button quiet compact" onClick={onUse}>
      Be the attacker, later
    </button>
  );
}

function Received({ records, now }: { records: readonly AttackerRecord[]; now: number }) {
  if (records.length === 0) return <p className="small soft">The attacker’s server has nothing yet.</p>;
  return (
    <ul className="plain hits small" aria-label="What the attacker’s server has">
      {records.map(({ id, text, tokens }) => (
        <li key={id} className={tokens.length > 0 ? 'stolen' : 'nothing'}>
          {tokens.map(({ kind, beginning, length, usableUntil }) => (
            <strong key={kind}>
              Stolen: {kind}{' '}
              <code>
                {beginning}… ({length} characters)
              </code>
              {usableUntil !== null && <span>, good for another {timeLeft(usableUntil, now)}</span>}
            </strong>
          ))}
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}
