import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';
import { findBrowser } from '../scripts/setup/browser.ts';
import { alice, signIn } from './fixtures/people.ts';
import { openStage } from './fixtures/stage.ts';

/**
 * What Lighthouse says of the built demo, signed out and signed in: `pnpm lighthouse`. It is fetched when it is needed,
 * as it is large and nothing else uses it. Exits with 1 where a score is below {@link least}.
 */
const release = 'lighthouse@13.5.0';
const least = 95;
const categories = ['performance', 'accessibility', 'best-practices'] as const;
const pages = {
  'signed out': ['/', '/sign-in', '/learn', '/learn/states'],
  'signed in': ['/', '/notes', '/profile', '/learn/explained'],
};

const found = findBrowser();
if (found.kind === 'missing') {
  console.error(`${found.reason}. To do: node scripts/setup.ts`);
  process.exit(1);
}

const directory = mkdtempSync(path.join(tmpdir(), 'coatcheck-lighthouse-'));
const stage = await openStage('usual');
try {
  for (const where of pages['signed out']) await examine(found.path, where, '');
  const cookies = await cookiesOfAlice(found.path);
  for (const where of pages['signed in']) await examine(found.path, where, cookies);
} finally {
  await stage.close();
  rmSync(directory, { recursive: true, force: true });
}

/** The `Cookie` header of a browser in which Alice signed in. */
async function cookiesOfAlice(executablePath: string): Promise<string> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const context = await browser.newContext({ baseURL: stage.demo.url });
  await signIn(await context.newPage(), alice);
  const cookies = await context.cookies(stage.demo.url);
  await browser.close();
  return cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
}

async function examine(executablePath: string, where: string, cookies: string): Promise<void> {
  const report = path.join(directory, 'report.json');
  const headers = path.join(directory, 'headers.json');
  writeFileSync(headers, JSON.stringify(cookies === '' ? {} : { Cookie: cookies }));
  const options = [
    `--only-categories=${categories.join(',')}`,
    '--preset=desktop',
    `--extra-headers=${headers}`,
    '--chrome-flags=--headless=new --no-sandbox',
    '--output=json',
    `--output-path=${report}`,
    '--quiet',
  ];
  const environment = { ...process.env, CHROME_PATH: executablePath };
  const arguments_ = ['dlx', release, `${stage.demo.url}${where}`, ...options];
  await withRetries(() => promisify(execFile)('pnpm', arguments_, { env: environment }));
  const scores = scoresIn(JSON.parse(readFileSync(report, 'utf8')));
  const who = cookies === '' ? 'signed out' : 'signed in';
  console.log(`${where} (${who}): ${categories.map((name, index) => `${name} ${scores[index]}`).join(', ')}`);
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
