import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../api-context.tsx';
import { AttackerLog } from './attacker-log.tsx';
import type { AttackerRecord } from './findings.ts';
import type { LabClient, Places } from './lab-client.ts';
import { attackThisPage, forgeRequest, type Met } from './payload.ts';
import type { ScenarioId, Victim } from './scenarios.ts';
import { type Forged, toneOf, verdictOf } from './verdict.ts';
import { VerdictLine } from './verdict-line.tsx';
import { useLabWords } from './words/use-lab-words.ts';

interface CellProps {
  readonly scenario: ScenarioId;
  readonly victim: Victim;
  readonly lab: LabClient;
  readonly places: Places;
  readonly records: readonly AttackerRecord[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  onRun(): void;
}

/** What running an attack from this page brings, beside what the attacker's server has. */
interface Outcome {
  readonly met: readonly Met[];
  readonly forged: Forged | undefined;
}

/** One attack on one app: the button that runs it, and what came of it. */
export function Cell({ scenario, victim, lab, places, records, now, onRun }: CellProps) {
  const words = useLabWords();
  const api = useApi();
  const attack = useMutation({
    mutationFn: async (): Promise<Outcome> =>
      scenario === 'csrf'
        ? { met: [], forged: await forgeRequest(victim, places, lab, api) }
        : { met: await attackThisPage(scenario, places, api), forged: undefined },
    onSettled: onRun,
  });
  const use = useMutation({ mutationFn: () => lab.use(victim, scenario), onSettled: onRun });
  const verdict = verdictOf(records, attack.data?.forged);
  const hasRun = verdict.kind !== 'not-run';
  const { title, why } = words.attacks[scenario];
  return (
    <section className={`lab-cell ${toneOf(verdict)}`} aria-label={`${title}: ${words.victims[victim]}`}>
      <p className="lab-victim small" aria-hidden="true">
        {words.victims[victim]}
      </p>
      <VerdictLine verdict={verdict} now={now} />
      {hasRun && <p className="small">{why[victim]}</p>}
      {!hasRun && attack.isSuccess && <p className="small soft">{words.waiting}</p>}
      <div className="row">
        {scenario === 'csrf' || victim === 'coatcheck' ? (
          <button
            type="button"
            className="button quiet compact"
            disabled={attack.isPending}
            onClick={() => attack.mutate()}
          >
            {runLabel()}
          </button>
        ) : (
          <a
            className="button quiet compact"
            href={`${places.weakApp}/?${new URLSearchParams({ attack: scenario, keeping: victim })}`}
            target="_blank"
            rel="noopener"
          >
            {runLabel()}
          </a>
        )}
        {scenario === 'logout' && hasRun && (
          <button
            type="button"
            className="button danger compact"
            disabled={use.isPending}
            onClick={() => use.mutate()}
          >
            {words.use}
          </button>
        )}
      </div>
      {attack.isError && (
        <p className="small" role="alert">
          {words.failed}
          {attack.error.message}
        </p>
      )}
      <AttackerLog records={records} met={attack.data?.met ?? []} />
    </section>
  );

  function runLabel() {
    if (attack.isPending) return words.running;
    return hasRun ? words.runAgain : words.run;
  }
}
