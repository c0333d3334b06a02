import { largeBytes, upstreamPaths } from './surroundings/upstream.ts';
import { targets, variants } from './targets/all.ts';

/** One kind of call, measured on some targets. */
export interface Workload {
  readonly name: string;
  /** One line for the report. */
  readonly about: string;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly bodyBytes: number;
  readonly rounds: number;
  /** Length of one measurement of one target. */
  readonly seconds: number;
  readonly connections: number;
  /** Names of the targets. */
  readonly targets: readonly string[];
}

const kinds = targets.filter((target) => !variants.includes(target));
const connections = 64;

/** In the order of the report. */
export const workloads: readonly Workload[] = [
  {
    name: 'small GET',
    about: '200 bytes of JSON',
    path: upstreamPaths.path,
    method: 'GET',
    bodyBytes: 0,
    rounds: 9,
    seconds: 2,
    connections,
    targets: targets.map(({ name }) => name),
  },
  {
    name: '100 KB GET',
    about: `${largeBytes} bytes of text to the browser`,
    path: upstreamPaths.largePath,
    method: 'GET',
    bodyBytes: 0,
    rounds: 5,
    seconds: 1,
    connections,
    targets: kinds.map(({ name }) => name),
  },
  {
    name: '100 KB POST',
    about: `${largeBytes} bytes to the API, which answers when it has them all`,
    path: upstreamPaths.uploadPath,
    method: 'POST',
    bodyBytes: largeBytes,
    rounds: 5,
    seconds: 1,
    connections,
    targets: kinds.map(({ name }) => name),
  },
];
