import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findBrowser } from '../scripts/setup/browser.ts';
import { openStage } from './fixtures/stage.ts';

/**
 * What Lighthouse says of the built demo, for somebody who comes for the first time: `pnpm lighthouse [path…]`. It is
 * fetched when it is needed, as it is large and nothing else uses it. Exits with 1 where a score is below {@link least}.
 */
const release = 'lighthouse@13.5.0';
const least = 95;
const categories = ['performance', 'accessibility', 'best-practices'] as const;
const [, , ...asked] = process.argv;
const pages = asked.length > 0 ? asked : ['/', '/sign-in', '/learn', '/learn/states'];

const found = findBrowser();
if (found.kind === 'missing') {
  console.error(`${found.reason}. To do: node scripts/setup.ts`);
  process.exit(1);
}

const directory = mkdtempSync(path.join(tmpdir(), 'coatcheck-lighthouse-'));
const stage = await openStage('usual');
try {
  for (const where of pages) await examine(found.path, where);
} finally {
  await stage.close();
  rmSync(directory, { recursive: true, force: true });
}

async function examine(executablePath: string, where: string): Promise<void> {
  const report = path.join(directory, 'report.json');
  const options = [
    `--only-categories=${categories.join(',')}`,
    '--preset=desktop',
    '--chrome-flags=--headless=new --no-sandbox',
    '--output=json',
    `--output-path=${report}`,
    '--quiet',
  ];
  const environment = { ...process.env, CHROME_PATH: executablePath };
  const arguments_ = ['dlx', release, `${stage.demo.url}${where}`, ...options];
  await withRetries(() => promisify(execFile)('pnpm', arguments_, { env: environment }));
  const scores = scoresIn(JSON.parse(readFileSync(report, 'utf8')));
  console.log(`${where}: ${categories.map((name, index) => `${name} ${scores[index]}`).join(', ')}`);
  if (scores.some((score) => score < least)) process.exitCode = 1;
}

function scoresIn(report: { categories: Record<string, { score: number | null }> }): number[] {
  return categories.map((name) => Math.round((report.categories[name]?.score ?? 0) * 100));
}

/** On a busy machine Lighthouse now and then loses the beginning of its trace (`NO_NAVSTART`). */
async function withRetries(run: () => Promise<unknown>, left = 2): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (left === 0) throw error;
    await withRetries(run, left - 1);
  }
}
