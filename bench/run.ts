import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkForwarding } from './check-forwarding.ts';
import { goals } from './goals.ts';
import { findLoad } from './load.ts';
import { describeMachine, findMachine, loadAverage } from './machine.ts';
import { measure, type Runner } from './measure.ts';
import { insertResults, type Measured, renderResults } from './report.ts';
import { isFull, parseSettings } from './settings.ts';
import { startProvider } from './surroundings/authorization-server.ts';
import { startUpstream } from './surroundings/upstream.ts';
import { base, targets } from './targets/all.ts';

// Each program that runs has one.
process.setMaxListeners(0);

const settings = parseSettings(
  process.env,
  targets.map(({ name }) => name),
);
const machine = findMachine();
const load = findLoad(machine);
const loadBefore = loadAverage();
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
  const upstream = await startUpstream(machine, folder);
  closers.push(upstream.close);
  const { provider, program } = await startProvider(machine, folder);
  closers.push(program.close);

  const runners: Runner[] = [];
  const measured: Measured[] = [];
  const missing: string[] = [];
  for (const target of targets) {
    const { name, about } = target;
    if (target !== base && settings.only && !settings.only.includes(name)) continue;
    const own = path.join(folder, String(measured.length));
    await mkdir(own);
    const started = await target.start({ machine, upstream, provider, folder: own });
    if (started.kind === 'unavailable') {
      missing.push(`${name}: ${started.reason}`);
      continue;
    }
    closers.push(started.close);
    await checkForwarding(name, started, upstream);
    runners.push({ name, started });
    measured.push({ name, about, madeOf: started.madeOf });
  }

  const { rounds: count, seconds, connections } = settings;
  const rounds = await measure(runners, {
    load,
    rounds: count,
    seconds,
    connections,
    onSample(round, name, { requests, seconds: took, failed }) {
      const place = round < 0 ? 'warm-up' : `round ${round + 1}/${count}`;
      console.error(
        `${place}: ${name}: ${Math.round(requests / took)} req/s${failed ? `, ${failed} bad` : ''}`,
      );
    },
  });
  for (const { name, started } of runners) await checkForwarding(name, started, upstream);

  const results = renderResults({
    date: new Date(),
    rounds,
    seconds,
    connections,
    targets: measured,
    base: base.name,
    goals,
    missing,
    machine: describeMachine(),
    pinned: machine.pinned,
    loadBefore,
    loadAfter: loadAverage(),
    load: load.name,
    upstream: upstream.name,
    node: process.version,
  });
  console.log(results);
  if (isFull(settings)) {
    const readme = path.join(import.meta.dirname, 'README.md');
    await writeFile(readme, insertResults(await readFile(readme, 'utf8'), results));
    console.error('written into bench/README.md');
  } else console.error('a short run: bench/README.md stays as it is');
} finally {
  await closeAll();
}
