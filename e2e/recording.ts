import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { findBrowser } from '../scripts/setup/browser.ts';
import { openStage } from './fixtures/stage.ts';
import { createFilm } from './recording/film.ts';
import { gifOf } from './recording/gif.ts';
import { takePictures } from './recording/pictures.ts';
import { tellAttack, tellSignIn } from './recording/story.ts';

/** Makes what the README shows of the demo, at a demo of its own: `pnpm recording [directory]`. */
const directory = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, '../docs/images'));
const found = findBrowser();
if (found.kind === 'missing') {
  console.error(`${found.reason}. To do: node scripts/setup.ts`);
  process.exit(1);
}

const stage = await openStage('usual');
try {
  const browser = await chromium.launch({ executablePath: found.path, args: ['--no-sandbox'] });
  try {
    const context = await browser.newContext({
      baseURL: stage.demo.url,
      viewport: { width: 960, height: 640 },
      colorScheme: 'light',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const film = createFilm(page);
    await tellSignIn(page, film);
    await tellAttack(page, film);
    const gif = gifOf(film.stills);
    writeFileSync(path.join(directory, 'demo.gif'), gif);
    console.log(`${film.stills.length} stills, ${(gif.length / 1_000).toFixed(0)} kB`);
    await takePictures(page, directory);
  } finally {
    await browser.close();
  }
} finally {
  await stage.close();
}
