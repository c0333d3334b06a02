import type { Reporter, TestModule } from 'vitest/node';
import { type Results, renderTable } from './table.ts';

/** Prints the table of requirements and advisories after a run of the suite. */
export default class RequirementReporter implements Reporter {
  #asked = 0;

  onTestRunStart(specifications: readonly unknown[]): void {
    this.#asked = specifications.length;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const results: Results = new Map();
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'skipped' || state === 'pending') continue;
        for (const row of citedRows(test.name)) {
          const result = results.get(row) ?? { passed: 0, failed: 0 };
          results.set(row, { ...result, [state]: result[state] + 1 });
        }
      }
    }
    if (this.#asked > 0) console.log(`\n${renderTable(results, process.env.CONFORMANCE_STORE)}`);
  }
}

/** The rows in front of the colon of a test's name. */
function citedRows(name: string): string[] {
  const [rows = ''] = name.split(':', 1);
  return [...rows.matchAll(/BFF-[A-Z]+-\d\d|advisory \d+/g)].map(([row]) => row);
}
