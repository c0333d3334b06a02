import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Machine } from '../machine.ts';
import type { Sample } from '../rounds.ts';
import { startEventSource } from '../streams/measure.ts';
import { eventsPath, readOrder } from '../streams/orders.ts';
import type { StreamRound } from '../streams/results.ts';
import { summarizeStreams } from '../streams/summary.ts';

const unpinned: Machine = { pinned: false, at: (_place, command, args) => [command, args] };

test('every listener gets each event once, and none is left when all have gone', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-streams-test-'));
  const source = await startEventSource(unpinned, folder);
  try {
    const url = `${source.origin}${eventsPath}`;
    expect(await source.tell({ do: 'open', url, headers: {}, count: 20 })).toEqual({ opened: 20 });
    const { sent, deliveries = 0, seconds = 0 } = await source.tell({ do: 'fan out', seconds: 0.05 });
    expect(deliveries).toBeGreaterThan(0);
    expect(deliveries % 20).toBe(0);
    expect(deliveries).toBe(sent);
    expect(seconds).toBeGreaterThanOrEqual(0.05);
    expect(await source.tell({ do: 'close' })).toEqual({ left: 0 });
  } finally {
    await source.close();
    await rm(folder, { recursive: true, force: true });
  }
});

function sample(requests: number, cpuMicros: number): Sample {
  return { requests, seconds: 1, cpuMicros, residentBytes: undefined, p50: 1, p99: 2, failed: 0 };
}

function round(speed: number, opened = 1_000): StreamRound {
  return {
    alone: sample(1_000 * speed, 50_000),
    beside: sample(900 * speed, 50_000),
    opened,
    residentBefore: 100,
    residentOpen: 100 + opened * 20,
    fanOut: { deliveries: 10_000 * speed, seconds: 2, p50: 3, p99: 4, cpuMicros: 100_000 * speed },
  };
}

test('calls beside streams are divided by those without, within each round', () => {
  const summary = summarizeStreams('ours', round(1), [round(1), round(4), round(0.2)]);
  expect(summary.rate).toEqual({ q1: 0.9, median: 0.9, q3: 0.9 });
  expect(summary.perCpu?.median).toBeCloseTo(0.9);
  expect(summary.deliveriesPerSecond.median).toBe(5_000);
  expect(summary.cpuPerDelivery?.median).toBe(10);
  expect(summary.bytesPerStream).toBe(20);
});

test('a target that did not open all streams in every round says how few', () => {
  expect(summarizeStreams('ours', round(1), [round(1), round(1, 256)]).opened).toBe(256);
});

test('only known orders are carried out', () => {
  expect(readOrder({ do: 'fan out', seconds: 1 })).toEqual({ do: 'fan out', seconds: 1 });
  for (const order of [null, 'close', {}, { do: 'open' }])
    expect(() => readOrder(order)).toThrow('no such order');
});
