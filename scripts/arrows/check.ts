import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findCycles } from './cycles.ts';
import { readImports } from './imports.ts';
import { brokenRule, computedImportRule, unplacedRule } from './rules.ts';
import { readSources } from './sources.ts';
import { placeOf, readMembers, type Target, targetOf } from './workspace.ts';

export type ArrowReport = {
  readonly files: number;
  readonly imports: number;
  /** One line each: `file:line imports X: rule`. */
  readonly problems: readonly string[];
};

/**
 * Checks the import arrows of design.md §2 over every source file under `root`.
 *
 * Fails closed: a file that git lists and the walk missed, a file that cannot be parsed and a package
 * without arrows are problems too.
 */
export function checkArrows(root: string): ArrowReport {
  const { files, unseen } = readSources(root);
  const members = readMembers(root);
  const problems = unseen.map((file) => `${file} is in git, but this check did not look at it`);
  const edges = new Map<string, Map<string, number>>();
  let count = 0;

  for (const file of files) {
    const from = placeOf(file);
    const unplaced = unplacedRule(from);
    if (unplaced) problems.push(`${file}: ${unplaced}; add it in scripts/arrows/rules.ts`);
    const source = readImports(file, readFileSync(path.join(root, file), 'utf8'));
    problems.push(...source.problems.map((problem) => `${file} cannot be parsed: ${problem}`));
    const targets = new Map<string, number>();
    edges.set(file, targets);

    for (const { line, specifier } of source.imports) {
      count += 1;
      if (specifier === undefined) {
        const rule = computedImportRule(from);
        if (rule) problems.push(`${file}:${line}: ${rule}`);
        continue;
      }
      const target = targetOf(file, specifier, members);
      const rule = brokenRule(from, target);
      if (rule) problems.push(`${file}:${line} imports ${specifier}: ${rule}`);
      const imported = fileOf(target);
      if (imported && !targets.has(imported)) targets.set(imported, line);
    }
  }

  problems.push(...cycleProblems(edges));
  return { files: files.length, imports: count, problems };
}

function fileOf(target: Target): string | undefined {
  if (target.kind === 'file') return target.place.file;
  if (target.kind !== 'member' || target.entry === undefined) return undefined;
  return `${target.unit}/${target.entry}`;
}

function cycleProblems(edges: ReadonlyMap<string, ReadonlyMap<string, number>>): string[] {
  const graph = new Map([...edges].map(([file, targets]) => [file, [...targets.keys()]]));
  return findCycles(graph).map((cycle) => {
    const [first = '', second = first] = cycle;
    const line = edges.get(first)?.get(second);
    return `${first}:${line} imports ${second}: import cycle ${[...cycle, first].join(' → ')}`;
  });
}
