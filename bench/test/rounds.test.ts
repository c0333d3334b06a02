import { describe, expect, test } from 'vitest';
import { compare, orderOf, type Round, type Sample, spread, summarize } from '../rounds.ts';

/** One second in which so many requests took so many microseconds each. */
function sample(requests: number, cpuPerRequest: number | undefined, more: Partial<Sample> = {}): Sample {
  const cpuMicros = cpuPerRequest === undefined ? undefined : requests * cpuPerRequest;
  return { requests, seconds: 1, cpuMicros, residentBytes: undefined, p50: 1, p99: 2, failed: 0, ...more };
}

function round(samples: Record<string, Sample>): Round {
  return new Map(Object.entries(samples));
}

describe('the order of a round', () => {
  const targets = ['a', 'b', 'c', 'd'];
  const orders = Array.from({ length: 8 }, (_, index) => orderOf(targets, index));

  test('every other round goes backwards', () => {
    expect(orders.slice(0, 4)).toEqual([
      ['a', 'b', 'c', 'd'],
      ['d', 'c', 'b', 'a'],
      ['b', 'c', 'd', 'a'],
      ['a', 'd', 'c', 'b'],
    ]);
  });

  test('over a full turn each target stands equally often at each place', () => {
    for (const target of targets) {
      const places = orders.map((order) => order.indexOf(target)).sort();
      expect(places).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    }
  });

  test('of no targets there is none', () => {
    expect(orderOf([], 3)).toEqual([]);
  });
});

describe('a spread', () => {
  test('has the median and quartiles, interpolated, whatever the order', () => {
    expect(spread([5, 1, 4, 2, 3])).toEqual({ q1: 2, median: 3, q3: 4 });
    expect(spread([4, 1, 3, 2])).toEqual({ q1: 1.75, median: 2.5, q3: 3.25 });
    expect(spread([7])).toEqual({ q1: 7, median: 7, q3: 7 });
  });

  test('leaves its values as they were, and is NaN of nothing', () => {
    const values = [3, 1, 2];
    spread(values);
    expect(values).toEqual([3, 1, 2]);
    expect(spread([]).median).toBeNaN();
  });
});

describe('two targets beside each other', () => {
  test('are divided within each round, so that a machine that changes its speed changes nothing', () => {
    // Always half of the base, though the middle round ran four times as fast and the last at a fifth.
    const rounds = [1, 4, 0.2].map((speed) =>
      round({ base: sample(1_000 * speed, 50 / speed), ours: sample(500 * speed, 100 / speed) }),
    );
    const ratio = compare(rounds, 'ours', 'base');
    expect(ratio?.rate).toEqual({ q1: 0.5, median: 0.5, q3: 0.5 });
    expect(ratio?.perCpu).toEqual({ q1: 0.5, median: 0.5, q3: 0.5 });
  });

  test('are above 1 where the first is better, by rate and by processor time', () => {
    const ratio = compare([round({ ours: sample(300, 20), base: sample(200, 50) })], 'ours', 'base');
    expect(ratio?.rate.median).toBe(1.5);
    expect(ratio?.perCpu?.median).toBe(2.5);
  });

  test('have the best round of each side as a second opinion', () => {
    const rounds = [
      round({ ours: sample(100, 80), base: sample(100, 40) }),
      round({ ours: sample(100, 50), base: sample(100, 90) }),
    ];
    expect(compare(rounds, 'ours', 'base')?.bestPerCpu).toBe(40 / 50);
  });

  test('leave out rounds in which the base did nothing, and count a dead target as 0', () => {
    const rounds = [
      round({ ours: sample(100, 10), base: sample(0, 0) }),
      round({ ours: sample(0, 0), base: sample(100, 10) }),
    ];
    const ratio = compare(rounds, 'ours', 'base');
    expect(ratio?.rate.median).toBe(0);
    expect(ratio?.perCpu).toBeUndefined();
  });

  test('have no processor ratio where the system does not tell', () => {
    const rounds = [round({ ours: sample(100, undefined), base: sample(100, undefined) })];
    expect(compare(rounds, 'ours', 'base')).toMatchObject({ perCpu: undefined, bestPerCpu: undefined });
  });

  test('cannot be compared when they never met', () => {
    expect(
      compare([round({ ours: sample(1, 1) }), round({ base: sample(1, 1) })], 'ours', 'base'),
    ).toBeUndefined();
  });
});

describe('one target by itself', () => {
  test('has the median and best of rate and processor time, and the most memory', () => {
    const summary = summarize(
      [
        round({ a: sample(100, 30, { residentBytes: 5, p50: 1, p99: 9 }) }),
        round({ a: sample(300, 10, { residentBytes: 9, p50: 3, p99: 4, failed: 2 }) }),
        round({ a: sample(200, 20, { residentBytes: 7, p50: 2, p99: 5, failed: 1 }) }),
      ],
      'a',
    );
    expect(summary).toEqual({
      rate: { q1: 150, median: 200, q3: 250, best: 300 },
      cpu: { q1: 15, median: 20, q3: 25, best: 10 },
      p50: 2,
      p99: 5,
      residentBytes: 9,
      failed: 3,
      deadRounds: 0,
    });
  });

  test('shows rounds in which it hung', () => {
    const summary = summarize([round({ a: sample(0, 0) }), round({ a: sample(100, 30) })], 'a');
    expect(summary.deadRounds).toBe(1);
    expect(summary.cpu).toEqual({ q1: 30, median: 30, q3: 30, best: 30 });
  });
});
