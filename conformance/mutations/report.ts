import path from 'node:path';
import type { Verdict } from './judge.ts';
import type { Mutation } from './mutation.ts';

/** One line of the table: verdict, file, rule, and who noticed. */
export function lineOf({ file, rule, test }: Mutation, verdict: Verdict): string {
  const place = file.replace('packages/bff/src/', '');
  return `${verdict.kind.padEnd(8)}  ${place.padEnd(34)}  ${rule}  ← ${path.basename(test)}${detailOf(verdict)}`;
}

function detailOf(verdict: Verdict): string {
  if (verdict.kind === 'caught') return `: ${verdict.by}`;
  if (verdict.kind === 'stale') return `: its text stands ${verdict.found} times in the file`;
  return verdict.kind === 'broken' ? `: ${verdict.why}` : '';
}

/** How many there were of each verdict, and once more those that nobody caught. */
export function summaryOf(
  results: readonly { readonly mutation: Mutation; readonly verdict: Verdict }[],
): string {
  const counted = (['caught', 'survived', 'stale', 'broken'] as const)
    .map((kind) => [kind, results.filter(({ verdict }) => verdict.kind === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`);
  const open = results.filter(({ verdict }) => verdict.kind !== 'caught');
  return [
    '',
    ...open.map(({ mutation, verdict }) => lineOf(mutation, verdict)),
    `${results.length} mutations: ${counted.join(', ')}`,
  ].join('\n');
}
