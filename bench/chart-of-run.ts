import { type Bar, drawChart, type Panel } from './chart.ts';
import type { Run } from './report.ts';
import { type Spread, summarize } from './rounds.ts';

/**
 * What each target does with a second of processor time: the figure that other programs on the machine disturb least.
 * A target without such a figure is left out; a panel is, too, if it has none.
 */
export function chartOf({ workloads, streams, targets }: Run): string {
  const calls = workloads.map(({ workload, rounds }): Panel => {
    const shown = targets.filter(({ name }) => workload.targets.includes(name));
    const bars = shown.flatMap(({ name }) => barOf(name, summarize(rounds, name).cpu));
    return { title: `${workload.name}: requests`, bars: longestFirst(bars) };
  });
  const events = streams.flatMap(({ name, cpuPerDelivery }) => barOf(name, cpuPerDelivery));
  const panels = [...calls, { title: 'Event streams: events delivered', bars: longestFirst(events) }];
  return drawChart(
    'For one second of processor time: median and quartiles',
    panels.filter(({ bars }) => bars.length > 0),
  );
}

/** From microseconds each to how many in a second: the quartiles change places. */
function barOf(name: string, micros: Spread | undefined): Bar[] {
  if (!micros) return [];
  const spread = { q1: 1e6 / micros.q3, median: 1e6 / micros.median, q3: 1e6 / micros.q1 };
  return [{ label: name, spread, ours: name.startsWith('coatcheck') }];
}

function longestFirst(bars: readonly Bar[]): Bar[] {
  return bars.toSorted((a, b) => b.spread.median - a.spread.median);
}
