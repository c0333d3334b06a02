import { type Family, parseExposition, renderExposition } from './exposition.ts';

/** The metrics of all workers as those of one server. */
export interface ClusterMetrics {
  /** What a worker says now. */
  note(worker: number, text: string): void;
  /** A worker ended: what it counted stays in the sums, or they would fall and a rate over them rise. */
  retire(worker: number): void;
  render(own: readonly Family[]): string;
}

type Merge = 'add' | 'most' | 'apart';

/** Gauges of these cannot be added: of times, shares and bounds the largest is told. */
const unfitToAdd = /_(?:seconds|ratio|limit|max|info)$/;
const ofOneProcess = /^(?:process|nodejs)_/;

/** Sums by family: counters and histograms are added, the rest as {@link mergeOf} says. */
export function createClusterMetrics(): ClusterMetrics {
  const living = new Map<number, readonly Family[]>();
  let gone: readonly Family[] = [];
  return {
    note(worker, text) {
      living.set(worker, parseExposition(text));
    },
    retire(worker) {
      const counted = (living.get(worker) ?? []).filter(({ type }) => isCounted(type));
      gone = merged([
        [undefined, gone],
        [undefined, counted],
      ]);
      living.delete(worker);
    },
    render: (own) => renderExposition([...merged([[undefined, gone], ...living]), ...own]),
  };
}

function isCounted(type: string): boolean {
  return type === 'counter' || type === 'histogram';
}

/** Gauges of the process itself, and quantiles, which nothing can be made of, stand apart under a label `worker`. */
function mergeOf({ name, type }: Family): Merge {
  if (isCounted(type)) return 'add';
  if (type !== 'gauge' || ofOneProcess.test(name)) return 'apart';
  return unfitToAdd.test(name) ? 'most' : 'add';
}

function merged(parts: Iterable<readonly [number | undefined, readonly Family[]]>): Family[] {
  const result = new Map<string, Family & { samples: Map<string, number> }>();
  for (const [worker, families] of parts) {
    for (const family of families) {
      const { name } = family;
      const sum = result.get(name) ?? { ...family, samples: new Map<string, number>() };
      result.set(name, sum);
      const merge = mergeOf(family);
      for (const [series, value] of family.samples) {
        const key = merge === 'apart' && worker !== undefined ? labelled(series, worker) : series;
        const before = sum.samples.get(key);
        sum.samples.set(
          key,
          before === undefined ? value : merge === 'add' ? before + value : Math.max(before, value),
        );
      }
    }
  }
  return [...result.values()];
}

function labelled(series: string, worker: number): string {
  const brace = series.indexOf('{');
  const label = `worker="${worker}"`;
  if (brace < 0) return `${series}{${label}}`;
  const rest = series.slice(brace + 1);
  return `${series.slice(0, brace)}{${label}${rest === '}' ? '' : ','}${rest}`;
}
