import { expect, test } from 'vitest';
import { insertResults, type Run, renderResults } from '../report.ts';
import type { Sample } from '../rounds.ts';
import type { StreamSummary } from '../streams/results.ts';
import type { WebSocketResults } from '../web-sockets.ts';
import type { Workload } from '../workloads.ts';

function sample(requests: number, cpuMicros: number, failed = 0): Sample {
  return { requests, seconds: 2, cpuMicros, residentBytes: 2 ** 20, p50: 1.25, p99: 9, failed };
}

const round = new Map([
  ['pipe', sample(1_000, 50_000)],
  ['ours', sample(900, 60_000, 7)],
]);

const small: Workload = {
  name: 'small GET',
  about: '200 bytes',
  path: '/api/small',
  method: 'GET',
  bodyBytes: 0,
  rounds: 1,
  seconds: 2,
  connections: 64,
  targets: [],
};

const run: Run = {
  date: new Date('2026-01-02T03:04:05Z'),
  minutes: 11.4,
  workloads: [
    { workload: { ...small, targets: ['pipe', 'ours'] }, rounds: [round] },
    { workload: { ...small, name: 'upload', targets: ['pipe'] }, rounds: [round] },
  ],
  streams: [],
  streamSettings: { streams: 1_000, rounds: 5, callSeconds: 2, fanOutSeconds: 1, connections: 64 },
  webSockets: undefined,
  targets: [
    { name: 'pipe', about: 'the base', madeOf: 'undici 8' },
    { name: 'ours', about: 'the thing', madeOf: 'fastify 5' },
  ],
  base: 'pipe',
  goals: [
    { target: 'ours', base: 'pipe', about: 'everything', floor: 0.85, goal: 1 },
    { target: 'ours', base: 'nginx', about: 'not measured here' },
  ],
  missing: ['nginx: nginx is not in PATH'],
  machine: 'a machine',
  pinned: true,
  loadBefore: 0.1,
  loadAfter: 1.5,
  load: 'wrk 4',
  upstream: 'nginx 1',
  node: 'v24.0.0',
};

test('the report says what was measured, when, with what and beside what', () => {
  const text = renderResults(run);
  expect(text).toContain('2026-01-02, 11 minutes.');
  expect(text).toContain('200 bytes; 1 rounds of 2 s, 64 connections');
  expect(text).toContain('| ours | pipe | 0.75 (0.75–0.75) | 0.90 (0.90–0.90) | 0.85 | 1.00 | everything |');
  expect(text).toContain(
    '| ours | 450 (450–450) | 450 | 0.90 (0.90–0.90) | 66.7 (66.7–66.7) | 66.7 | 0.75 (0.75–0.75) | 0.75 | 1.3 | 9.0 | 1 | 7 failed |',
  );
  expect(text).toContain('- Left out: nginx: nginx is not in PATH.');
  for (const words of ['undici 8', 'fastify 5', 'a machine', '0.10', '1.50', 'wrk 4', 'nginx 1', 'v24.0.0']) {
    expect(text).toContain(words);
  }
});

test('a goal is shown only when both sides were measured', () => {
  expect(renderResults(run)).not.toContain('not measured here');
});

test('each workload shows the targets that it was measured on', () => {
  const [, first = '', second = ''] = renderResults(run).split('### ');
  expect(first).toMatch(/^small GET\n/);
  expect(first).toContain('| ours | 450');
  expect(second).toMatch(/^upload\n/);
  expect(second).toContain('| pipe | 500');
  expect(second).not.toContain('| ours |');
});

test('streams and WebSockets are shown where they were measured', () => {
  expect(renderResults(run)).not.toMatch(/Event streams|WebSockets/);
  const same = (median: number) => ({ q1: median, median, q3: median });
  const streams: StreamSummary = {
    name: 'ours',
    opened: 1_000,
    deliveriesPerSecond: same(20_000),
    cpuPerDelivery: same(12.5),
    p50: 50,
    p99: 75,
    residentOpen: 300 * 2 ** 20,
    bytesPerStream: 20 * 1_024,
    rate: same(0.9),
    perCpu: same(0.98),
  };
  const webSockets: WebSocketResults = {
    count: 1_000,
    sessions: 40,
    openMicros: 600,
    bytesEach: 33 * 1_024,
    idleMillis: same(11),
    tripP50: same(0.2),
    tripP99: same(1),
    tripMicros: same(90),
    closedAfter: 27,
  };
  const text = renderResults({ ...run, streams: [streams], webSockets });
  expect(text).toContain(
    '| ours | 1000 | 20000 (20000–20000) | 12.5 (12.5–12.5) | 50.0 | 75.0 | 300 | 20.0 | 0.98 (0.98–0.98) | 0.90 (0.90–0.90) |',
  );
  expect(text).toContain('| resident memory of each, KiB | 33.0 |');
  expect(text).toContain('| all closed after the last sign-out, ms | 27 |');
});

test('a run that could not keep server and load apart says so', () => {
  expect(renderResults({ ...run, pinned: false })).toContain('**Not pinned**');
});

test('a run on a busy machine says so', () => {
  expect(renderResults(run)).not.toContain('**Other programs were running**');
  expect(renderResults({ ...run, loadBefore: 6.8 })).toContain('**Other programs were running**');
});

test('results replace what stands between the markers, again and again, and nothing else', () => {
  const document = '# Title\n\n<!-- results:start -->\nold\n<!-- results:end -->\n\nrest\n';
  const once = insertResults(document, 'new\n');
  expect(once).toBe('# Title\n\n<!-- results:start -->\n\nnew\n\n<!-- results:end -->\n\nrest\n');
  expect(insertResults(once, 'new\n')).toBe(once);
  expect(() => insertResults('# Title\n', 'new\n')).toThrow('lacks');
});
