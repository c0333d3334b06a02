import { useNow } from '../../profile/use-now.ts';
import { Cell } from './cell.tsx';
import type { AttackerRecord } from './findings.ts';
import type { LabClient, Places } from './lab-client.ts';
import { scenarios, victims, worksEverywhere } from './scenarios.ts';
import { useLabWords } from './words/use-lab-words.ts';

interface AttackTableProps {
  readonly lab: LabClient;
  readonly places: Places;
  readonly records: readonly AttackerRecord[];
  onRun(): void;
}

/** A row for each attack, a cell for each app. On a narrow screen each row is a card. */
export function AttackTable({ lab, places, records, onRun }: AttackTableProps) {
  const words = useLabWords();
  const now = useNow();
  return (
    <div className="lab-table wide">
      <div className="lab-row lab-head" aria-hidden="true">
        <strong>{words.attack}</strong>
        {victims.map((victim) => (
          <div key={victim} className={victim === 'coatcheck' ? 'ours' : 'theirs'}>
            <strong>{words.victims[victim]}</strong>
            <span className="small">{words.victimNotes[victim]}</span>
          </div>
        ))}
      </div>
      {scenarios.map((scenario) => (
        <section
          key={scenario}
          className={scenario === worksEverywhere ? 'lab-row everywhere' : 'lab-row'}
          aria-labelledby={`${scenario}-title`}
        >
          <div className="lab-attack">
            <h2 id={`${scenario}-title`}>{words.attacks[scenario].title}</h2>
            <p className="small">{words.attacks[scenario].text}</p>
            {scenario === worksEverywhere && <strong className="small lab-flag">{words.everywhere}</strong>}
          </div>
          {victims.map((victim) => (
            <Cell
              key={victim}
              scenario={scenario}
              victim={victim}
              lab={lab}
              places={places}
              records={records.filter((record) => record.scenario === scenario && record.from === victim)}
              now={now}
              onRun={onRun}
            />
          ))}
        </section>
      ))}
    </div>
  );
}
