import type { DatabaseSync } from 'node:sqlite';

const everyMilliseconds = 30_000;
const rowsAtOnce = 100;

/** Seconds that an expired record is kept: the provider answers "expired" for it and allows for clock skew. */
const keptSeconds = 60;

/**
 * Removes expired records, now and every 30 s, at most 100 rows at a time so that no request waits long.
 *
 * @param now milliseconds since the epoch
 * @returns stops it
 */
export function startSweep(database: DatabaseSync, now: () => number): () => void {
  const remove = database.prepare(
    `DELETE FROM records WHERE rowid IN (SELECT rowid FROM records WHERE expires_at < ? LIMIT ${rowsAtOnce})`,
  );
  let next: NodeJS.Immediate | undefined;

  const sweep = () => {
    const { changes } = remove.run(Math.floor(now() / 1000) - keptSeconds);
    next = changes === rowsAtOnce ? setImmediate(sweep) : undefined;
  };

  sweep();
  const timer = setInterval(sweep, everyMilliseconds);
  timer.unref();
  return () => {
    clearInterval(timer);
    clearImmediate(next);
  };
}
