import { renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';

/** Where a process that counts writes its counts. */
export function countsFile(pid: number): string {
  return path.join(tmpdir(), `coatcheck-bench-statements-${pid}.json`);
}

/** Counts every statement that this process runs, and writes the counts by their text when it gets SIGWINCH. */
function countStatements(): void {
  const counts = new Map<string, number>();
  const count = (sql: string) => counts.set(sql, (counts.get(sql) ?? 0) + 1);
  for (const name of ['all', 'get', 'run', 'iterate'] as const) {
    const method = StatementSync.prototype[name];
    Object.defineProperty(StatementSync.prototype, name, {
      value(this: StatementSync, ...values: Parameters<typeof method>) {
        count(this.sourceSQL);
        return Reflect.apply(method, this, values);
      },
    });
  }
  const exec = DatabaseSync.prototype.exec;
  Object.defineProperty(DatabaseSync.prototype, 'exec', {
    value(this: DatabaseSync, sql: string) {
      count(sql);
      return exec.call(this, sql);
    },
  });
  process.on('SIGWINCH', () => {
    const file = countsFile(process.pid);
    writeFileSync(`${file}.part`, JSON.stringify(Object.fromEntries(counts)));
    renameSync(`${file}.part`, file);
  });
}

if (process.env.COUNT_STATEMENTS !== undefined) countStatements();
