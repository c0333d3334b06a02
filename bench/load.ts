import { execFile, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Machine } from './machine.ts';
import { versionOf } from './version.ts';

/** One stretch of load. */
export interface LoadResult {
  /** Answered within the stretch. */
  readonly requests: number;
  readonly seconds: number;
  /** Latencies in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers with a bad status, time-outs and socket errors. */
  readonly failed: number;
}

export interface LoadOrder {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly seconds: number;
  /** A POST where it is more than 0. */
  readonly bodyBytes?: number;
}

/** A load generator: keep-alive connections that each ask again as soon as they are answered. */
export interface Load {
  /** Name and version. */
  readonly name: string;
  run(order: LoadOrder): Promise<LoadResult>;
}

const run = promisify(execFile);

/** wrk where it is installed, else autocannon, which takes more of the load's core and so shows less. */
export function findLoad(machine: Machine): Load {
  // Asked for its version, wrk prints it and its usage, and exits with 1.
  const version = /^wrk (\S+)/m.exec(spawnSync('wrk', ['-v'], { encoding: 'utf8' }).stdout ?? '')?.[1];
  return version === undefined ? autocannon(machine) : wrk(machine, version);
}

function wrk(machine: Machine, version: string): Load {
  const report = path.join(import.meta.dirname, 'wrk-report.lua');
  return {
    name: `wrk ${version}`,
    async run({ url, headers, connections, seconds, bodyBytes = 0 }) {
      const length = `${Math.max(1, Math.round(seconds))}s`;
      const args = ['-t', '1', '-c', String(connections), '-d', length, '-s', report];
      for (const [name, value] of Object.entries(headers)) args.push('-H', `${name}: ${value}`);
      const { stdout } = await run(...machine.at('load', 'wrk', [...args, url, '--', String(bodyBytes)]));
      return parseWrk(stdout);
    },
  };
}

/** Reads the line that wrk-report.lua writes after wrk's own words. @throws for anything else */
export function parseWrk(output: string): LoadResult {
  const report = record(JSON.parse(/^\{.*\}$/m.exec(output)?.[0] ?? 'null'));
  return {
    requests: number(report, 'requests'),
    seconds: number(report, 'duration_us') / 1_000_000,
    p50: number(report, 'p50_us') / 1_000,
    p99: number(report, 'p99_us') / 1_000,
    failed: number(report, 'failed'),
  };
}

function autocannon(machine: Machine): Load {
  const program = createRequire(import.meta.url).resolve('autocannon');
  return {
    name: `autocannon ${versionOf('autocannon')}`,
    async run({ url, headers, connections, seconds, bodyBytes = 0 }) {
      // It looks at the clock only when it takes a sample.
      const args = [program, '-j', '-n', '-c', String(connections), '-d', String(seconds), '-L', '100'];
      for (const [name, value] of Object.entries(headers)) args.push('-H', `${name}: ${value}`);
      if (bodyBytes > 0) args.push('-m', 'POST', '-b', 'x'.repeat(bodyBytes));
      const { stdout } = await run(...machine.at('load', process.execPath, [...args, url]));
      return parseAutocannon(stdout);
    },
  };
}

/** Reads autocannon's JSON. @throws for anything else */
export function parseAutocannon(output: string): LoadResult {
  const report = record(JSON.parse(output));
  const latency = record(report.latency);
  const bad = number(report, 'non2xx');
  return {
    requests: number(report, '2xx') + bad,
    seconds: number(report, 'duration'),
    p50: number(latency, 'p50'),
    p99: number(latency, 'p99'),
    failed: bad + number(report, 'errors') + number(report, 'timeouts'),
  };
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error('the load generator wrote no report');
  return Object.fromEntries(Object.entries(value));
}

function number(report: Record<string, unknown>, name: string): number {
  const value = report[name];
  if (typeof value !== 'number') throw new Error(`the load generator's report lacks ${name}`);
  return value;
}
