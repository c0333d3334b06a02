/** What each file imports, by path. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/**
 * Finds import cycles, each reported once, as the list of its files in import order starting with the
 * first by name. Depth first; a file that is on the current path again closes a cycle.
 */
export function findCycles(graph: ImportGraph): string[][] {
  const cycles = new Map<string, string[]>();
  const finished = new Set<string>();
  const path: string[] = [];

  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start !== -1) {
      const cycle = fromFirstByName(path.slice(start));
      cycles.set(cycle.join('\n'), cycle);
      return;
    }
    if (finished.has(file)) return;
    path.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    path.pop();
    finished.add(file);
  };

  for (const file of graph.keys()) visit(file);
  return [...cycles.values()];
}

function fromFirstByName(cycle: readonly string[]): string[] {
  const first = cycle.indexOf([...cycle].sort()[0] ?? '');
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}
