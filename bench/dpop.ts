import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findLoad } from './load.ts';
import { findMachine } from './machine.ts';
import { measure } from './measure.ts';
import { compare, summarize } from './rounds.ts';
import { startProvider } from './surroundings/authorization-server.ts';
import { startUpstream, upstreamPaths } from './surroundings/upstream.ts';
import { coatcheck, coatcheckWithDpop } from './targets/coatcheck.ts';

/** What a proof of possession costs a call: the same server with and without, in the same rounds. */
const rounds = 7;

const machine = findMachine();
const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-dpop-'));
const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];

try {
  const upstream = await startUpstream(machine, folder);
  closers.push(upstream.close);
  const { provider, program } = await startProvider(machine, folder, { dpop: true });
  closers.push(program.close);
  const runners = [];
  for (const target of [coatcheck, coatcheckWithDpop]) {
    const own = path.join(folder, String(runners.length));
    await mkdir(own);
    const started = await target.start({ machine, upstream, provider, folder: own });
    if (started.kind === 'unavailable') throw new Error(started.reason);
    closers.push(started.close);
    runners.push({ name: target.name, started });
  }
  const measured = await measure(runners, {
    load: findLoad(machine),
    workload: { path: upstreamPaths.path, bodyBytes: 0, rounds, seconds: 1, connections: 64 },
    onSample: () => undefined,
  });
  for (const { name } of runners) {
    const { cpu, rate, failed } = summarize(measured, name);
    console.log(
      `${name}: ${cpu?.median.toFixed(0)} CPU µs/req (best ${cpu?.best.toFixed(0)}), ` +
        `${rate.median.toFixed(0)} req/s, ${failed} bad`,
    );
  }
  const ratio = compare(measured, coatcheckWithDpop.name, coatcheck.name)?.perCpu;
  console.log(
    `with a proof per CPU: ${ratio?.median.toFixed(2)} of without (${ratio?.q1.toFixed(2)}–${ratio?.q3.toFixed(2)})`,
  );
} finally {
  for (const close of closers.toReversed()) await close();
}
