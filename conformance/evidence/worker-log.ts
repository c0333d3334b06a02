import type { Bff } from '../adapters/adapter.ts';
import { type LogLine, logLines } from './log-lines.ts';

/** A request as the log tells of it. */
export interface LoggedRequest {
  readonly worker: number;
  readonly path: string;
}

/** The requests that a BFF of several workers has logged so far, in order. */
export function requestsByWorker(bff: Bff): LoggedRequest[] {
  return linesOf(bff).flatMap(({ worker, req }) =>
    typeof worker === 'number' && typeof req === 'object' && req !== null && 'path' in req
      ? [{ worker, path: String(req.path) }]
      : [],
  );
}

/** The workers that wrote so far and their process ids, the newest of each. */
export function workerPids(bff: Bff): ReadonlyMap<number, number> {
  return new Map(
    linesOf(bff).flatMap(({ worker, pid }) =>
      typeof worker === 'number' && typeof pid === 'number' ? [[worker, pid] as const] : [],
    ),
  );
}

/** What is no whole line yet is left out. */
function linesOf(bff: Bff): readonly LogLine[] {
  const whole = bff
    .log()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'));
  return logLines(whole.join('\n'));
}
