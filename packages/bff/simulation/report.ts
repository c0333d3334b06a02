import type { History } from './history.ts';
import type { Tally } from './tally.ts';
import { renderTrace } from './trace.ts';
import { checkNames } from './verdict.ts';

/** Figures of a run, for a person. @param seconds of real time */
export function renderTally(tally: Tally, seconds: number): string {
  const { figures, losses, failures, longest } = tally;
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  const lost = Object.values(losses).reduce((sum, count) => sum + count, 0);
  return [
    `${whole(tally.histories)} histories in ${seconds.toFixed(1)} s (${whole(tally.histories / seconds)} a second, the longest ${whole(longest.milliseconds)} ms: seed ${longest.seed})`,
    `${whole(tally.virtual / 3_600_000)} hours of virtual time, ${whole(tally.events)} events`,
    `${whole(figures.calls)} calls: ${whole(figures.forwarded)} served, ${whole(figures.signedOut)} signed out, ${whole(figures.refusedByApi)} refused by the API, ${whole(figures.unavailable)} refresh unavailable, ${whole(figures.storeUnavailable)} store unavailable`,
    `${whole(figures.refreshes)} refreshes, ${whole(figures.kills)} processes killed, ${whole(figures.stops)} stopped`,
    `longest call ${whole(figures.longestCall)} ms; latest forward of a call that came before its session ended ${whole(figures.latestForward)} ms after the end`,
    `${whole(lost)} sessions that no client could have kept${lost > 0 ? ':' : ''}`,
    ...Object.entries(losses)
      .toSorted(([, a], [, b]) => b - a)
      .map(([why, count]) => `  ${whole(count)} ${why}`),
    `${whole(failures.length)} violations${failures.length > 0 ? ':' : ''}`,
    ...Object.entries(Object.groupBy(failures, ({ check }) => check)).map(
      ([check, of]) =>
        `  ${check} ${of?.length}: seeds ${(of ?? [])
          .slice(0, 10)
          .map(({ seed }) => seed)
          .join(' ')}`,
    ),
  ].join('\n');
}

/** How one history went, told again from its seed. */
export function renderHistory({ seed, plan, verdict, trace }: History, lines: number): string {
  const [first] = verdict.violations;
  return [
    `seed ${seed}: ${first ? `${first.check} is violated, which says: ${checkNames[first.check]}` : 'no violation'}`,
    JSON.stringify(plan),
    renderTrace(trace, first?.session, lines),
    ...(first
      ? [`${(first.time / 1_000).toFixed(3).padStart(10)}  VIOLATED ${first.check}: ${first.text}`]
      : []),
  ].join('\n');
}
