import path from 'node:path';
import { parseArgs } from 'node:util';
import { allMutations } from './all.ts';
import { judge, runTests, type Verdict } from './judge.ts';
import type { Mutation } from './mutation.ts';
import { lineOf, summaryOf } from './report.ts';
import { copyTree } from './scratch.ts';

// Takes the rules of the proxy out of a copy of the tree, one at a time, and shows which test notices. What follows on
// the command line chooses: `pnpm mutations framing target` takes those with one of the words in their file, rule or test.

const { positionals } = parseArgs({ allowPositionals: true });
const chosen = allMutations.filter(
  ({ file, rule, test }) =>
    positionals.length === 0 || positionals.some((word) => `${file} ${rule} ${test}`.includes(word)),
);
if (chosen.length === 0) throw new Error(`no mutation is about ${positionals.join(' or ')}`);

const scratch = await copyTree(path.join(import.meta.dirname, '../..'));
try {
  const unsound = new Map<string, Promise<Verdict | undefined>>();
  const results: { mutation: Mutation; verdict: Verdict }[] = [];
  for (const mutation of chosen) {
    const { test } = mutation;
    if (!unsound.has(test)) unsound.set(test, unsoundness(test));
    const verdict = (await unsound.get(test)) ?? (await judge(scratch.root, mutation));
    results.push({ mutation, verdict });
    console.log(lineOf(mutation, verdict));
  }
  console.log(summaryOf(results));
  if (results.some(({ verdict }) => verdict.kind !== 'caught')) process.exitCode = 1;
} finally {
  await scratch.remove();
}

/** A test that fails without any mutation would catch them all. On a busy machine it gets a second try. */
async function unsoundness(test: string): Promise<Verdict | undefined> {
  for (let tries = 0; tries < 2; tries += 1)
    if ((await runTests(scratch.root, test)).kind === 'survived') return undefined;
  return { kind: 'broken', why: `${test} does not pass as it is` };
}
