import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chartOf } from './chart-of-run.ts';
import { goals } from './goals.ts';
import { findLoad } from './load.ts';
import { describeMachine, findMachine, loadAverage } from './machine.ts';
import { measureAll } from './measure-all.ts';
import { insertResults, type Run, renderResults } from './report.ts';
import { isFull, otherParts, parseSettings } from './settings.ts';
import { base, targets, unobtainable } from './targets/all.ts';
import { workloads } from './workloads.ts';

// Each program that runs has one.
process.setMaxListeners(0);

const settings = parseSettings(process.argv.slice(2), {
  targets: targets.map(({ name }) => name),
  parts: [...workloads.map(({ name }) => name), ...otherParts],
});
const machine = findMachine();
const load = findLoad(machine);
const loadBefore = loadAverage();
const startedAt = performance.now();
const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-bench-'));
const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];

let closing: Promise<void> | undefined;

/** However often it is asked for: once, and everyone waits for it. */
function closeAll(): Promise<void> {
  closing ??= (async () => {
    for (const close of closers.toReversed()) await close();
  })();
  return closing;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void closeAll().finally(() => process.exit(1)));
}

try {
  const say = (words: string) =>
    console.error(`${((performance.now() - startedAt) / 1_000).toFixed(0)} s: ${words}`);
  const figures = await measureAll({ settings, machine, load, folder, closers, say });
  const run: Run = {
    ...figures,
    missing: [...figures.missing, ...unobtainable],
    date: new Date(),
    minutes: (performance.now() - startedAt) / 60_000,
    base: base.name,
    goals,
    machine: describeMachine(),
    pinned: machine.pinned,
    loadBefore,
    loadAfter: loadAverage(),
    load: load.name,
    node: process.version,
  };
  const results = renderResults(run);
  console.log(results);
  const keep = isFull(settings);
  const charts = keep ? import.meta.dirname : path.join(import.meta.dirname, '.data');
  await mkdir(charts, { recursive: true });
  await writeFile(path.join(charts, 'results.svg'), chartOf(run));
  if (keep) {
    const readme = path.join(import.meta.dirname, 'README.md');
    await writeFile(readme, insertResults(await readFile(readme, 'utf8'), results));
    console.error('written into bench/README.md and bench/results.svg');
  } else
    console.error('a part of the run: bench/README.md stays as it is; the chart is bench/.data/results.svg');
} finally {
  await closeAll();
}
