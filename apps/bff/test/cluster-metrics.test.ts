import { describe, expect, it } from 'vitest';
import { parseExposition } from '../src/cluster/exposition.ts';
import { createClusterMetrics } from '../src/cluster/metrics.ts';

function exposition(families: Record<string, { type: string; samples: Record<string, number | string> }>) {
  return Object.entries(families)
    .flatMap(([name, { type, samples }]) => [
      `# HELP ${name} About ${name}.`,
      `# TYPE ${name} ${type}`,
      ...Object.entries(samples).map(([series, value]) => `${series} ${value}`),
      '',
    ])
    .join('\n');
}

/** What several workers come to. */
function summed(...workers: Parameters<typeof exposition>[0][]): string[] {
  const metrics = createClusterMetrics();
  for (const [at, worker] of workers.entries()) metrics.note(at + 1, exposition(worker));
  return metrics.render([]).trimEnd().split('\n');
}

const logins = (ok: number, failed = 0) => ({
  logins_total: {
    type: 'counter',
    samples: { 'logins_total{result="ok"}': ok, 'logins_total{result="failed"}': failed },
  },
});

describe('metrics of several workers', () => {
  it('adds counters, series by series, whatever stands in their labels', () => {
    const odd = 'x_total{path="/a b\\"} 1"}';
    expect(summed(logins(3, 1), logins(4))).toEqual([
      '# HELP logins_total About logins_total.',
      '# TYPE logins_total counter',
      'logins_total{result="ok"} 7',
      'logins_total{result="failed"} 1',
    ]);
    const worker = { x_total: { type: 'counter', samples: { [odd]: 2 } } };
    expect(summed(worker, worker).at(-1)).toBe(`${odd} 4`);
  });

  it('adds histograms, bucket by bucket', () => {
    const histogram = (low: number, all: number, sum: number) => ({
      wait_seconds: {
        type: 'histogram',
        samples: {
          'wait_seconds_bucket{le="0.1"}': low,
          'wait_seconds_bucket{le="+Inf"}': all,
          wait_seconds_sum: sum,
          wait_seconds_count: all,
        },
      },
    });
    expect(summed(histogram(1, 2, 0.5), histogram(3, 3, 0.25)).slice(2)).toEqual([
      'wait_seconds_bucket{le="0.1"} 4',
      'wait_seconds_bucket{le="+Inf"} 5',
      'wait_seconds_sum 0.75',
      'wait_seconds_count 5',
    ]);
  });

  it.each([
    ['open_streams', 'adds', 7],
    ['event_loop_delay_seconds', 'takes the largest of', 4],
    ['heap_ratio', 'takes the largest of', 4],
    ['file_descriptors_limit', 'takes the largest of', 4],
  ])('of the gauge %s, %s the values', (name, _what, expected) => {
    const gauge = (value: number) => ({ [name]: { type: 'gauge', samples: { [name]: value } } });
    expect(summed(gauge(4), gauge(3)).at(-1)).toBe(`${name} ${expected}`);
  });

  it('keeps apart what is of a process, but adds what it counted', () => {
    const worker = (bytes: number) => ({
      process_resident_memory_bytes: {
        type: 'gauge',
        samples: { process_resident_memory_bytes: bytes, 'process_resident_memory_bytes{of="heap"}': 1 },
      },
      process_cpu_seconds_total: { type: 'counter', samples: { process_cpu_seconds_total: bytes } },
    });
    const lines = summed(worker(10), worker(20)).filter((line) => !line.startsWith('#'));
    expect(lines).toEqual([
      'process_resident_memory_bytes{worker="1"} 10',
      'process_resident_memory_bytes{worker="1",of="heap"} 1',
      'process_resident_memory_bytes{worker="2"} 20',
      'process_resident_memory_bytes{worker="2",of="heap"} 1',
      'process_cpu_seconds_total 30',
    ]);
  });

  it('keeps what a worker counted that is gone, and not what it held', () => {
    const metrics = createClusterMetrics();
    const held = (value: number) => ({ open_streams: { type: 'gauge', samples: { open_streams: value } } });
    metrics.note(1, exposition({ ...logins(5), ...held(2) }));
    metrics.note(2, exposition({ ...logins(1), ...held(3) }));
    metrics.retire(1);
    expect(metrics.render([])).toContain('{result="ok"} 6\n');
    expect(metrics.render([])).toContain('open_streams 3\n');
    metrics.note(1, exposition(logins(2)));
    metrics.retire(1);
    metrics.retire(1);
    expect(metrics.render([])).toContain('{result="ok"} 8\n');
  });

  it('reads infinities and large numbers as they are written', () => {
    const [family] = parseExposition('# TYPE a gauge\na +Inf\na{b="c"} -Inf\na{b="d"} 1e+21\n');
    expect([...(family?.samples.values() ?? [])]).toEqual([Infinity, -Infinity, 1e21]);
    expect(summed({ a: { type: 'gauge', samples: { a: '+Inf', 'a{b="c"}': '-Inf' } } }).slice(2)).toEqual([
      'a +Inf',
      'a{b="c"} -Inf',
    ]);
  });
});
