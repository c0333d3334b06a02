import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { measureEngine, parts } from './engine/measure.ts';
import { renderEngine } from './engine/report.ts';
import { parseEngineSettings } from './engine/settings.ts';
import { storeKinds } from './engine/stores/all.ts';
import { describeMachine, findMachine, loadAverage } from './machine.ts';
import { insertResults } from './report.ts';

// Each program that runs has one.
process.setMaxListeners(0);

const settings = parseEngineSettings(process.argv.slice(2), {
  parts,
  stores: storeKinds.map(({ name }) => name),
});
const machine = findMachine();
const loadBefore = loadAverage();
const startedAt = performance.now();
const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-bench-engine-'));
// PostgreSQL may run as another user, who must get to its own folder in there.
await chmod(folder, 0o711);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    // Programs end with this process.
    void rm(folder, { recursive: true, force: true }).finally(() => process.exit(1));
  });
}

try {
  const say = (words: string) =>
    console.error(`${((performance.now() - startedAt) / 1_000).toFixed(0)} s: ${words}`);
  const results = await measureEngine(settings, machine, folder, say);
  const run = {
    date: new Date(),
    minutes: (performance.now() - startedAt) / 60_000,
    machine: describeMachine(),
    pinned: machine.pinned,
    loadBefore,
    loadAfter: loadAverage(),
    node: process.version,
  };
  const text = renderEngine(run, results);
  console.log(text);
  const kept = path.join(import.meta.dirname, '.data');
  await mkdir(kept, { recursive: true });
  const name = settings.full ? 'engine.json' : 'engine-short.json';
  await writeFile(path.join(kept, name), `${JSON.stringify({ run, results }, null, 2)}\n`);
  if (settings.full) {
    const readme = path.join(import.meta.dirname, 'README.md');
    await writeFile(readme, insertResults(await readFile(readme, 'utf8'), text, 'engine'));
    console.error('written into bench/README.md and bench/.data/engine.json');
  } else console.error(`a short run: written into bench/.data/${name} only`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
