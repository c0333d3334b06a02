import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkForwarding } from './check-forwarding.ts';
import { findLoad } from './load.ts';
import { findMachine } from './machine.ts';
import { flameGraph } from './profile/flame-graph.ts';
import { byOwner, bySelf, stacksOf } from './profile/stacks.ts';
import { startProvider } from './surroundings/authorization-server.ts';
import { startUpstream } from './surroundings/upstream.ts';
import { profiledCoatcheck } from './targets/coatcheck.ts';

/** Seconds of load: until what is hot is compiled, and then those that count. */
const warmUp = 3;
const seconds = 8;
const connections = 64;

const machine = findMachine();
const load = findLoad(machine);
const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-profile-'));
const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];

try {
  const upstream = await startUpstream(machine, folder);
  closers.push(upstream.close);
  const { provider, program } = await startProvider(machine, folder);
  closers.push(program.close);
  const target = profiledCoatcheck(folder);
  const started = await target.start({ machine, upstream, provider, folder });
  if (started.kind === 'unavailable') throw new Error(started.reason);
  closers.push(started.close);
  await checkForwarding(target.name, started, upstream);

  const { url, headers } = started;
  await load.run({ url, headers, connections, seconds: warmUp });
  const from = microseconds();
  const { requests } = await load.run({ url, headers, connections, seconds });
  const to = microseconds();
  await started.close();

  const [name] = (await readdir(folder)).filter((file) => file.endsWith('.cpuprofile'));
  if (name === undefined) throw new Error('Node wrote no profile');
  const spent = stacksOf(await readFile(path.join(folder, name), 'utf8'), from, to);

  const perRequest = (micros: number) => (micros / requests).toFixed(1);
  const share = (micros: number) => `${((100 * micros) / spent.total).toFixed(1)} %`;
  console.log(`${requests} requests, ${perRequest(spent.total)} µs each while the profiler looks on`);
  for (const [owner, micros] of byOwner(spent)) console.log(`${share(micros).padStart(7)}  ${owner}`);
  console.log('\nIn their own code:');
  for (const [frame, micros] of bySelf(spent).slice(0, 45))
    console.log(`${share(micros).padStart(7)}  ${frame.name}`);

  const title = `A small GET with a session: ${started.madeOf}, Node ${process.version}`;
  await writeFile(path.join(import.meta.dirname, 'profile/small-get.svg'), flameGraph(spent, title));
  console.error('\nwritten: bench/profile/small-get.svg');
} finally {
  for (const close of closers.toReversed()) await close();
}

/** Of the system's monotonic clock, which the profile counts by. */
function microseconds(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
