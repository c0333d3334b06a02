import type { Checks, Managed } from '../management.ts';
import type { Crew, Member } from './crew.ts';
import type { Family } from './exposition.ts';
import { checksAnswer, endedAnswer, metricsAnswer } from './messages.ts';
import type { ClusterMetrics } from './metrics.ts';

/** Milliseconds: a worker that takes longer is not ready. */
const patience = 3_000;
/** A person may have many sessions, and the store is asked about each. */
const longPatience = 60_000;

/** All workers as the management port sees them. */
export function manageCrew(crew: Crew, metrics: ClusterMetrics, wanted: number): Managed {
  return {
    async checks() {
      const asked = crew
        .members()
        .map(({ process }) => process.ask({ about: 'checks' }, checksAnswer, patience));
      const answers = (await Promise.allSettled(asked)).flatMap((one) =>
        one.status === 'fulfilled' ? [one.value] : [],
      );
      const ready = answers.filter(({ store }) => store).length;
      return {
        store: ready > 0,
        providers: knownByAll(answers),
        upstreams: worstKnown(answers),
        workers: { wanted, ready },
      };
    },
    async metrics() {
      const asked = crew.members().map((member) => takeMetrics(member, metrics, patience));
      // Of one that does not answer, what it said last is told.
      await Promise.allSettled(asked);
      return metrics.render(ownMetrics(crew, wanted));
    },
    async endSubject(issuer, subject) {
      const [member] = crew.members();
      if (!member) throw new Error('no worker serves; ask again');
      return member.process.ask({ about: 'endSubject', issuer, subject }, endedAnswer, longPatience);
    },
  };
}

/** Asks a worker for its metrics and keeps them. */
export async function takeMetrics(
  { name, process }: Member,
  metrics: ClusterMetrics,
  within: number,
): Promise<void> {
  metrics.note(name, await process.ask({ about: 'metrics' }, metricsAnswer, within));
}

function knownByAll(answers: readonly Checks[]): Record<string, boolean> {
  const names = new Set(answers.flatMap(({ providers }) => Object.keys(providers)));
  return Object.fromEntries(
    [...names].map((name) => [name, answers.every(({ providers }) => providers[name] === true)]),
  );
}

/** Each worker finds out for itself; what is wrong for one is told. */
function worstKnown(answers: readonly Checks[]): Checks['upstreams'] {
  const routes = new Set(answers.flatMap(({ upstreams }) => Object.keys(upstreams)));
  return Object.fromEntries(
    [...routes].map((route) => {
      const known = answers.flatMap(({ upstreams }) => Object.entries(upstreams[route] ?? {}));
      // The last entry of an origin counts.
      const worstLast = known.toSorted(([, a], [, b]) => Number(b === 'up') - Number(a === 'up'));
      return [route, Object.fromEntries(worstLast)];
    }),
  );
}

function ownMetrics(crew: Crew, wanted: number): Family[] {
  const of = (name: string, type: string, help: string, value: number): Family => ({
    name,
    type,
    help,
    samples: new Map([[name, value]]),
  });
  return [
    of('coatcheck_workers_wanted', 'gauge', 'Workers that are configured.', wanted),
    of('coatcheck_workers', 'gauge', 'Workers that serve.', crew.members().length),
    of(
      'coatcheck_workers_replaced_total',
      'counter',
      'Workers started in the place of others.',
      crew.replaced,
    ),
  ];
}
